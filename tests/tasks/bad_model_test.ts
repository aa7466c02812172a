import assert from "node:assert/strict";
import { join } from "node:path";
import { buildModel } from "../../lib/model/mod.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { SMALL } from "../model/checkpoints.ts";
import { byteLevelTokenizer } from "../model/tokenizers.ts";
import { runTask } from "./run_task.ts";

/** A model of random weights, its weights beside the graph, in a folder with an awkward name. */
async function model(): Promise<string> {
  const { path } = await buildModel({ ...SMALL, vocab_size: 300 }, {
    outDir: join(Deno.makeTempDirSync(), "it's a – model"),
    externalDataAboveBytes: 0,
  });
  return path;
}

const write = (folder: string, name: string, content: string) =>
  Deno.writeTextFileSync(join(folder, name), content);

const CASES: [what: string, spoil: (folder: string) => void, says: RegExp][] = [
  [
    "weights that are cut",
    (folder) => Deno.truncateSync(join(folder, "model.onnx.data"), 1000),
    /ends at byte \d+, "model\.onnx\.data" has 1000/,
  ],
  [
    "weights that are missing",
    (folder) => Deno.removeSync(join(folder, "model.onnx.data")),
    /weights file "model\.onnx\.data" is missing/,
  ],
  ["a config that is no JSON", (folder) => write(folder, "config.json", "{,}"), /config\.json" as/],
  [
    "a config with wrong types",
    (folder) => write(folder, "config.json", '{"num_hidden_layers": "two"}'),
    /"num_hidden_layers" is "two"; it must be a whole number/,
  ],
  [
    "the tokenizer of a model with more tokens",
    (folder) => {
      const { tokenizer } = byteLevelTokenizer();
      const { added_tokens: added } = tokenizer as { added_tokens: { id: number }[] };
      for (const token of added) token.id += 5000; // as the prompt below will have
      write(folder, "tokenizer.json", JSON.stringify(tokenizer));
    },
    /Cannot run the token 5262: the vocabulary of .* has 300 tokens/,
  ],
  [
    "a tokenizer in SentencePiece's own format",
    (folder) => Deno.renameSync(join(folder, "tokenizer.json"), join(folder, "tokenizer.model")),
    /has tokenizer\.model but no tokenizer\.json; convert it/,
  ],
  [
    "a folder without a model",
    (folder) => Deno.removeSync(join(folder, "model.onnx")),
    /holds no \.onnx file/,
  ],
  [
    "a folder with several",
    (folder) => {
      for (const name of ["model_q4.onnx", "model_fp16.onnx"]) {
        Deno.copyFileSync(join(folder, "model.onnx"), join(folder, name));
      }
      Deno.removeSync(join(folder, "model.onnx"));
    },
    /choose one by precision \(fp16, q4\)/,
  ],
  [
    "a link that leads to itself",
    (folder) => {
      Deno.removeSync(join(folder, "tokenizer.json"));
      Deno.symlinkSync("tokenizer.json", join(folder, "tokenizer.json"));
    },
    /tokenizer\.json/,
  ],
];
for (const [what, spoil, says] of CASES) {
  Deno.test(`profile refuses ${what} in one line, with exit code 2`, async () => {
    const folder = await model();
    spoil(folder);
    const db = join(Deno.makeTempDirSync(), "runs.db");
    const args = ["low <|im_start|>", "--power", "estimate", "--quiet"];
    // It would take ten minutes if it measured before it looked.
    args.push("--min-seconds", "600", "--max-seconds", "600");
    const { code, stdout, stderr } = await runTask("profile", [
      ...args,
      "--db",
      db,
      "--model",
      folder,
    ]);
    assert.equal(code, 2, `${stdout}${stderr}`);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n\s+at |file:\/\//);
    assert.ok(stderr.trim().split("\n").length <= 2, stderr);
    using database = ProfileDatabase.open(db);
    assert.deepEqual(database.getRuns(), []);
  });
}
