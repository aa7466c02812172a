/**
 * How long a fleet's report takes: DuckDB over 1,000 Parquet runs of 20 hosts, the whole task with
 * its start. Prints Markdown; docs/fleet.md keeps a result.
 *
 * `deno run -A tasks/bench/fleet.ts [number of runs]`
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addToFleet } from "../../lib/fleet/mod.ts";
import { nodeSqlite, ProfileDatabase } from "../../lib/store/mod.ts";
import { sampleRun } from "../../tests/fixtures/run.ts";
import { headerOf } from "../../tests/store/scene.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOSTS = 20;
const DAY_MS = 86_400_000;
const ROUNDS = 5;
const PHASES = "SELECT host, phase, sum(energy_mj) FROM phases GROUP BY ALL";

if (import.meta.main) {
  const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-bench-fleet-" });
  try {
    const runs = Number(Deno.args[0] ?? 1000);
    await fill(folder, runs);
    console.log(`| 1 task over ${runs} runs | median s | all |`);
    console.log(`| --- | --- | --- |`);
    for (const args of [["--report", "hosts"], ["--report", "regressions"], ["--sql", PHASES]]) {
      const seconds = Array.from({ length: ROUNDS }, () => timed(join(folder, "fleet"), args))
        .sort((a, b) => a - b);
      const all = seconds.map((s) => s.toFixed(2)).join(", ");
      console.log(`| ${args.join(" ")} | ${seconds[ROUNDS >> 1]!.toFixed(2)} | ${all} |`);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** A process a run and a day; the last host's tokens cost a twentieth more from the middle on. */
async function fill(folder: string, runs: number): Promise<void> {
  const sample = sampleRun({ tokens: 64 });
  for (let host = 0; host < HOSTS; host++) {
    const path = join(folder, `${host}.db`);
    const database = ProfileDatabase.open(path);
    const ids: string[] = [];
    for (let at = 0; at < runs / HOSTS; at++) {
      const noise = 1 + 0.01 * Math.sin(7.3 * at * at + host);
      const step = host === HOSTS - 1 && at >= runs / HOSTS / 2 ? 1.05 : 1;
      const joulesPerToken = (sample.totals.joulesPerToken ?? 1) * noise * step;
      const runId = database.createRun(headerOf(sample));
      const result = { ...sample, runId, totals: { ...sample.totals, joulesPerToken } };
      database.finishRun(runId, { status: "complete", result });
      ids.push(runId);
    }
    database.close();
    // A database takes its own host, process and time; these stand for others.
    const connection = nodeSqlite(path, { readOnly: false });
    connection.exec(`UPDATE profiling_runs SET hostname = 'host-${host}', pid = id,
      started_at_ms = started_at_ms + id * ${DAY_MS}`);
    connection.close();
    using made = ProfileDatabase.open(path, { readOnly: true });
    for (const id of ids) await addToFleet(made, id, join(folder, "fleet"));
  }
}

function timed(fleet: string, args: string[]): number {
  const started = performance.now();
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const [, ...flags] = (tasks.fleet as string).split(" ");
  const { success, stderr } = new Deno.Command(Deno.execPath(), {
    args: [...flags, fleet, ...args],
    cwd: ROOT,
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return (performance.now() - started) / 1000;
}
