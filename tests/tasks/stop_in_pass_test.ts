import assert from "node:assert/strict";
import { pause } from "../../lib/clock.ts";
import { buildModel } from "../../lib/model/mod.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { SMALL, temporaryFolder } from "../model/checkpoints.ts";
import { ended, spawnTask } from "./run_task.ts";

/**
 * So wide that one operation of a long prompt takes longer than a signal may be waited for: the
 * thread is then ended in it, and takes what it has opened along. Without `pin()` that took ONNX
 * Runtime's code from under the operation (SIGSEGV).
 */
const WIDE = {
  ...SMALL,
  ...{ vocab_size: 500, hidden_size: 768, intermediate_size: 16384, num_hidden_layers: 1 },
  ...{ num_attention_heads: 12, num_key_value_heads: 12, head_dim: 64 },
  max_position_embeddings: 4096,
};

Deno.test("profile --engine ort-ffi survives Ctrl-C in the middle of a long operation", async () => {
  using folder = temporaryFolder();
  const { path } = await buildModel(WIDE, { outDir: `${folder.path}/wide`, seed: 1 });
  const stopped = async (inPassMs: number) => {
    const db = `${folder.path}/${inPassMs}.db`;
    const child = spawnTask("profile", [
      ...["word ".repeat(300), "--model", path, "--engine", "ort-ffi", "--threads", "1"],
      ...["--power", "estimate", "--db", db, "--max-new-tokens", "1", "--min-seconds", "60"],
      ...["--warmup", "0", "--baseline-seconds", "0.2", "--json"],
    ]);
    const end = ended(child);
    let hasEnded = false;
    end.then(() => hasEnded = true);
    while (!isUnderWay(db) && !hasEnded) await pause(50);
    await pause(inPassMs);
    if (!hasEnded) child.kill("SIGINT");
    const { code, stderr } = await end;
    assert.equal(code, 130, stderr);
    using database = ProfileDatabase.open(db, { readOnly: true });
    assert.equal(database.getRun("last")?.status, "interrupted");
    assert.equal(database.getRun("last")?.details.engine, "ort-ffi");
  };
  await Promise.all([stopped(1500), stopped(1900)]);
});

/** Whether the run is in its database, as it is from just before the model is loaded. */
function isUnderWay(path: string): boolean {
  try {
    using database = ProfileDatabase.open(path, { readOnly: true });
    return database.getRuns().length > 0;
  } catch {
    return false; // it is not there yet, or not whole
  }
}
