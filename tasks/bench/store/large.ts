/** A database of 1,000 runs of 500 tokens, the newest 100 with their components. @module */
import { join } from "node:path";
import { ProfileDatabase } from "@tokenwatt/tokenwatt";
import { madeOnce } from "../made_once.ts";
import { componentsOf, fill, tokensOf } from "./rows.ts";

const RUNS = 1000;
const DEEP_RUNS = 100;
const TOKENS = 500;
const LAYERS = 16;
const SOURCES = [import.meta.url, "./rows.ts", "../../../lib/store/"]
  .map((path) => new URL(path, import.meta.url));

/** What is in it, as the table says it. */
export const LARGE = "1,000 runs, 7.2 million component rows, 0.9 GB";

/** Such a database, and the runs in it that have components. */
export interface LargeStore {
  path: string;
  deepIds: string[];
}

/** Made once, which takes a minute. */
export async function largeStore(): Promise<LargeStore> {
  const folder = await madeOnce("store", SOURCES, make);
  const deepIds = JSON.parse(Deno.readTextFileSync(join(folder, "deep.json")));
  return { path: join(folder, "runs.db"), deepIds };
}

function make(folder: string): void {
  using database = ProfileDatabase.open(join(folder, "runs.db"));
  const deepIds: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const isDeep = run >= RUNS - DEEP_RUNS;
    const runId = fill(database, TOKENS, { run, finish: !isDeep });
    if (!isDeep) continue;
    for (let first = 0; first < TOKENS; first += 50) {
      database.addComponentMetrics(runId, componentsOf(first, 50, LAYERS));
    }
    database.finishRun(runId, { status: "complete", result: tokensOf(TOKENS, run) });
    deepIds.push(runId);
  }
  Deno.writeTextFileSync(join(folder, "deep.json"), JSON.stringify(deepIds));
}
