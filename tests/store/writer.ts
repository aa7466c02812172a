/**
 * A process that writes a run until it is killed, or for so many batches. After each batch that
 * the store has taken it says so on stdout: `<run id> <number of batches>`.
 *
 * @module
 */
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { headerOf } from "./scene.ts";

/** Rows of each kind in one batch. */
export const BATCH = 5;

if (import.meta.main) {
  const [path, batches] = Deno.args;
  const run = sampleRun({ tokens: 1 });
  const header = headerOf(run);
  const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  say("ready");
  using database = ProfileDatabase.open(path!);
  const runId = database.createRun(header);
  say(`${runId} 0`);
  for (let batch = 0; batch < Number(batches); batch++) {
    const indices = Array.from({ length: BATCH }, (_, i) => batch * BATCH + i);
    database.addTokens(
      runId,
      indices.map((index) => ({ ...run.trace.tokens[0]!, index })),
    );
    database.addPowerSamples(runId, indices.map(() => run.trace.samples[0]!));
    database.addComponentMetrics(
      runId,
      indices.map((tokenIndex) => ({ tokenIndex, layer: 0, component: "q_proj", durationMs: 1 })),
    );
    say(`${runId} ${batch + 1}`);
  }
  database.finishRun(runId, { status: "complete", result: run });
}
