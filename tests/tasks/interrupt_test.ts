import assert from "node:assert/strict";
import { pause } from "../../lib/clock.ts";
import { startOtlpReceiver } from "../telemetry/otlp_receiver.ts";

const FRAME = new URL("../../tasks/frame/mod.ts", import.meta.url);
/** Hears the first press and does not stop. */
const DEAF = `import { interruptible } from "${FRAME}";
  const signal = interruptible("Stopping");
  setInterval(() => {}, 1000);
  signal.addEventListener("abort", () => console.error("aborted"));
  console.error("ready");`;

Deno.test("interruptible() takes presses within half a second as one; the next ends the process", async () => {
  const deaf = await startDeaf({});
  for (let i = 0; i < 3; i++) deaf.press();
  await deaf.says("aborted");
  deaf.press();
  await pause(700);
  deaf.press();
  assert.deepEqual(await deaf.end(), {
    code: 130,
    said: "ready\n\nStopping (Ctrl-C: quit now)\naborted\n",
  });
});

Deno.test("a second Ctrl-C ends the process while Deno collects metrics", async () => {
  await using receiver = startOtlpReceiver();
  // So often that they are being collected at any moment: Deno.exit() hung in 6 of 6.
  const deaf = await startDeaf({ ...receiver.env, OTEL_METRIC_EXPORT_INTERVAL: "2" });
  deaf.press();
  await deaf.says("aborted");
  await pause(700);
  deaf.press();
  assert.equal((await deaf.end()).code, 130);
});

/** Starts a program that only a second press ends, and waits until it can hear the first. */
async function startDeaf(env: Record<string, string>) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", DEAF],
    env,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const limit = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  const more = async () => {
    const { value, done } = await reader.read();
    said += value ?? "";
    return !done;
  };
  const says = async (word: string) => {
    while (!said.includes(word)) if (!await more()) assert.fail(`it ended, and said ${said}`);
  };
  await says("ready");
  return {
    press: () => child.kill("SIGINT"),
    says,
    async end() {
      while (await more());
      const { code } = await child.status;
      clearTimeout(limit);
      return { code, said };
    },
  };
}
