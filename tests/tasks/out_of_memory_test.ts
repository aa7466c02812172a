/**
 * Memory that is truly not there: the process may have so much and no more, and what it wants at once
 * is more than all of that.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ENGINES } from "../../lib/inference/mod.ts";
import { buildModel } from "../../lib/model/mod.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { heavyDecoder, spoiltDecoder } from "../fixtures/decoders/mod.ts";
import { testUnless } from "../gate/needs.ts";
import { temporaryFolder } from "../model/checkpoints.ts";
import { runTask } from "./run_task.ts";

const LONG = Deno.env.get("TOKENWATT_LONG") === "1";

/** Deno itself takes 1.7 GiB of it before anything is loaded: what V8 holds ready is counted. */
const MEMORY_KB = 3 * 2 ** 20;
/** Four bytes each make more. */
const TOO_MANY = 2 ** 30;

const PROMPT = "ab";
const GOOD = 90;
/** Tokens in the cache when a spoilt model fails. */
const LATE = PROMPT.length + GOOD - 1;

interface Case {
  what: string;
  /** Spoils the model. */
  spoil?: (folder: string) => void;
  args: string[];
  says: RegExp;
  /** Tokens that the failed run keeps; `null`: there is no run, as nothing was measured. */
  keptTokens: number | null;
}

const NO_ROOM = /; free memory, or use a smaller variant, a shorter prompt, or in a program .*\n$/;

const CASES: Case[] = [
  {
    what: "weights that do not fit",
    spoil(folder) {
      const model = heavyDecoder(TOO_MANY, "weights");
      Deno.writeFileSync(join(folder, "model.onnx"), model);
      Deno.writeFileSync(join(folder, "weights"), new Uint8Array());
      Deno.truncateSync(join(folder, "weights"), 4 * TOO_MANY); // takes no room on the disk
    },
    args: [PROMPT],
    says: /^error: ONNX Runtime cannot load ".*model\.onnx": /,
    keptTokens: null,
  },
  {
    what: "a prompt whose attention does not fit",
    // Of 512 at once, the last have 512 × 2,048 scores of four bytes for each of 1,024 heads.
    args: ["a".repeat(2048)],
    says: /^error: ONNX Runtime failed on 51[12] tokens after \d+: /,
    keptTokens: 0,
  },
  {
    what: "a step of an answer that does not fit",
    spoil(folder) {
      const model = spoiltDecoder(LATE, { numbers: TOO_MANY });
      Deno.writeFileSync(join(folder, "model.onnx"), model);
    },
    args: [PROMPT],
    says: /^error: ONNX Runtime failed on 1 tokens after 91: /,
    keptTokens: GOOD,
  },
];

const lacking = Deno.build.os === "linux" ? null : "limiting a process's memory takes Linux";

for (const [at, { what, spoil, args, says, keptTokens }] of CASES.entries()) {
  const engines = LONG ? ENGINES : [ENGINES[at % ENGINES.length]!];
  for (const engine of engines) {
    testUnless(lacking, `profile with ${engine} of ${what} says so in one line`, async () => {
      using scene = await limited();
      spoil?.(scene.model);
      const { code, stdout, stderr } = await scene.profile("--engine", engine, ...args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, says);
      assert.match(stderr, NO_ROOM);
      assert.equal(stderr.trim().split("\n").length, 1);
      using database = ProfileDatabase.open(scene.db);
      if (keptTokens === null) return assert.deepEqual(database.getRuns(), []);
      const run = database.getRun("last")!;
      assert.equal(run.status, "failed");
      assert.equal(`error: ${run.reason}\n`, stderr);
      assert.equal(database.getTokens(run.runId).length, keptTokens);
      assert.ok(database.getRawPower(run.runId).length > 0, "raw evidence is kept");
    });
  }
}

testUnless(
  lacking ?? (LONG ? null : "it takes 3 s; TOKENWATT_LONG=1 runs it"),
  "profile with ort-node of a cache that fits once and not twice, as V8 ends the process, is kept",
  async () => {
    using scene = await limited();
    const late = { rows: 8 * 2 ** 20 }; // of 64 bytes
    // Late enough for batches to have been written.
    Deno.writeFileSync(join(scene.model, "model.onnx"), spoiltDecoder(4000, late));
    const { code, stderr } = await scene.profile("--engine", "ort-node", PROMPT);
    using database = ProfileDatabase.open(scene.db);
    const run = database.getRun("last")!;
    // Where Deno holds more of the limit, the runtime is the first whose memory does not suffice.
    if (code === 2) assert.match(stderr, NO_ROOM);
    else assert.match(stderr, /Fatal process out of memory/);
    assert.equal(run.status, code === 2 ? "failed" : "interrupted");
    const kept = database.getTokens(run.runId).length;
    assert.ok(kept > 0, "tokens before are kept");
  },
);

/** A model, and a process to profile it in that may have so much memory and no more. */
async function limited() {
  const folder = temporaryFolder();
  const { path: model } = await manyHeads(join(folder.path, "model"));
  const db = join(folder.path, "runs.db");
  const settings = [
    ...["--model", model, "--threads", "1", "--db", db, "--quiet"],
    ...["--power", "estimate", "--warmup", "0", "--baseline-seconds", "0"],
    ...["--max-new-tokens", "8000"],
  ];
  return {
    model,
    db,
    profile: (...args: string[]) =>
      runTask("profile", [...settings, ...args], { memoryKb: MEMORY_KB }),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** A model with more heads than sense, for any text. */
function manyHeads(outDir: string): Promise<{ path: string }> {
  return buildModel({
    model_type: "llama",
    vocab_size: 288,
    hidden_size: 32,
    intermediate_size: 32,
    num_hidden_layers: 1,
    num_attention_heads: 1024,
    num_key_value_heads: 1,
    head_dim: 2,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    max_position_embeddings: 8192,
  }, { outDir });
}
