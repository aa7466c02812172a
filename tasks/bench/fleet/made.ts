/** A fleet to ask: 1,000 runs of 20 hosts. @module */
import { join } from "node:path";
import { addToFleet, nodeSqlite, ProfileDatabase } from "@tokenwatt/tokenwatt";
import { sampleRun } from "../../../tests/fixtures/run.ts";
import { headerOf } from "../../../tests/store/scene.ts";
import { madeOnce } from "../made_once.ts";

const RUNS = 1000;
const HOSTS = 20;
const DAY_MS = 86_400_000;
const SOURCES = ["../../../lib/store/", "../../../lib/fleet/", "../../../tests/fixtures/run.ts"];

/** Its folder; made once. */
export async function fleetFolder(): Promise<string> {
  const sources = [import.meta.url, ...SOURCES].map((path) => new URL(path, import.meta.url));
  return join(await madeOnce("fleet", sources, fill), "runs");
}

/** A process a run and a day; the last host's tokens cost a twentieth more from the middle on. */
async function fill(folder: string): Promise<void> {
  const sample = sampleRun({ tokens: 64 });
  for (let host = 0; host < HOSTS; host++) {
    const path = join(folder, `${host}.db`);
    const database = ProfileDatabase.open(path);
    const ids: string[] = [];
    for (let at = 0; at < RUNS / HOSTS; at++) {
      const noise = 1 + 0.01 * Math.sin(7.3 * at * at + host);
      const step = host === HOSTS - 1 && at >= RUNS / HOSTS / 2 ? 1.05 : 1;
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
    {
      using made = ProfileDatabase.open(path, { readOnly: true });
      for (const id of ids) await addToFleet(made, id, join(folder, "runs"));
    }
    Deno.removeSync(path);
  }
}
