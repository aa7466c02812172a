/**
 * How long a fleet's report takes: DuckDB over 1,000 Parquet runs of 20 hosts, the whole task with
 * its start; and the query of its reports alone, the rest being JavaScript. Prints Markdown;
 * docs/fleet.md keeps a result.
 *
 * `deno run -A tasks/bench/fleet.ts [number of runs]`
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addToFleet } from "../../lib/fleet/mod.ts";
import { nodeSqlite, ProfileDatabase } from "../../lib/store/mod.ts";
import { FIGURES_SQL, MOST_RUNS } from "../fleet/figures.ts";
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
    console.log(`| task over ${runs} runs | s, median | from | to | s of processor time, median |`);
    console.log(`| --- | ---: | ---: | ---: | ---: |`);
    const reports = ["hosts", "regressions"].map((name) => ["--report", name]);
    const query = ["--sql", FIGURES_SQL, "--json", "--limit", `${MOST_RUNS}`];
    for (const args of [...reports, query, ["--sql", PHASES]]) {
      const rounds = Array.from({ length: ROUNDS }, () => timed(join(folder, "fleet"), args));
      const [seconds, cpu] = (["seconds", "cpuSeconds"] as const).map((of) =>
        rounds.map((round) => round[of]).sort((a, b) => a - b)
      ) as [number[], number[]];
      const figures = [seconds[ROUNDS >> 1], seconds[0], seconds.at(-1), cpu[ROUNDS >> 1]];
      const name = args === query ? "the reports' query alone" : `\`${args.join(" ")}\``;
      console.log(`| ${[name, ...figures.map((s) => s!.toFixed(2))].join(" | ")} |`);
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

function timed(fleet: string, args: string[]): { seconds: number; cpuSeconds: number } {
  const [started, cpuBefore] = [performance.now(), childrenCpuSeconds()];
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const [, ...flags] = (tasks.fleet as string).split(" ");
  const { success, stderr } = new Deno.Command(Deno.execPath(), {
    args: [...flags, fleet, ...args],
    cwd: ROOT,
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: childrenCpuSeconds() - cpuBefore,
  };
}

/** Of children that have ended, in steps of 10 ms: cutime and cstime of proc_pid_stat(5). */
function childrenCpuSeconds(): number {
  if (Deno.build.os !== "linux") return NaN;
  // What stands before ")" is the program's name, which may have spaces.
  const fields = Deno.readTextFileSync("/proc/self/stat").split(")").at(-1)!.trim().split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
