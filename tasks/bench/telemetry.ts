/**
 * What `--telemetry` takes from a run: tokens per second with it ÷ without it, of whole tasks that
 * take turns, sending to a collector's endpoint on this machine. Prints Markdown.
 *
 * `deno run -A tasks/bench/telemetry.ts [number of pairs]`
 *
 * @module
 */
import { join } from "node:path";
import { startOtlpReceiver } from "../../tests/telemetry/otlp_receiver.ts";
import { runTask } from "../../tests/tasks/run_task.ts";

const FLAGS = ["--power", "rig:m4max", "--threads", "1", "--baseline-seconds", "0.5", "--json"];

if (import.meta.main) {
  const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-bench-telemetry-" });
  try {
    const ratios: number[] = [];
    for (let pair = 0; pair < Number(Deno.args[0] ?? 12); pair++) {
      // Who begins changes, as what a machine does meanwhile drifts.
      const order = pair % 2 === 0 ? [true, false] : [false, true];
      const speeds = new Map<boolean, number>();
      for (const isOn of order) speeds.set(isOn, await tokensPerSecond(isOn, folder));
      ratios.push(speeds.get(true)! / speeds.get(false)!);
    }
    ratios.sort((a, b) => a - b);
    const middle = (ratios[(ratios.length - 1) >> 1]! + ratios[ratios.length >> 1]!) / 2;
    const [least, most] = [ratios[0]!, ratios.at(-1)!].map((ratio) => ratio.toFixed(3));
    console.log("| tokens/s with telemetry ÷ without | median | all | pairs |");
    console.log("| --- | --- | --- | --- |");
    console.log(`| tinytales | ${middle.toFixed(3)} | ${least} to ${most} | ${ratios.length} |`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function tokensPerSecond(isOn: boolean, folder: string): Promise<number> {
  await using receiver = startOtlpReceiver();
  const args = [...FLAGS, "--db", join(folder, "runs.db"), ...(isOn ? ["--telemetry"] : [])];
  const { code, stdout, stderr } = await runTask("profile", args, {
    env: isOn ? receiver.env : {},
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout).totals.tokensPerSecond;
}
