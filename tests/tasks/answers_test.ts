import assert from "node:assert/strict";
import { plannedFeatures, presetConfig } from "../../lib/model/mod.ts";
import { scratch } from "../store/scene.ts";
import { runTask } from "./run_task.ts";
import { storeArms, type StoredArm } from "./stored_arms.ts";

/** Models of several sizes, at two lengths of the prompt. */
const MODELS: StoredArm[] = [1e6, 4e6, 16e6, 64e6, 256e6].flatMap((parameters) =>
  [16, 128, 512].map((promptTokens) => ({
    tag: "size",
    factor: parameters ** 0.8 / 1e5 * (1 + promptTokens / 2000),
    processes: 2,
    prompts: 1,
    promptTokens,
    tokensPerSecond: 1e8 / parameters,
    model: { name: `m${parameters / 1e6}`, parameters, numLayers: Math.log2(parameters / 1e6) + 2 },
    details: {
      batchSize: 1,
      model: {
        flopsPerToken: 2 * parameters,
        bytesPerToken: 4 * parameters,
        kvBytesPerToken: 4096,
        hiddenSize: 256,
        numExperts: 0,
      },
    },
  }))
);

Deno.test("scaling, context, batch, tradeoff and predict answer from one database", async () => {
  using scene = scratch();
  storeArms(scene.path, MODELS);
  const answer = async (name: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runTask(name, ["--db", scene.path, ...args]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    return stdout;
  };
  const scaling = await answer("scaling");
  assert.match(scaling, /^model +precision +M weights +layers +width +runs +energy per token, J/);
  assert.match(scaling, /weights +power law +exponent 0\.8\d+ \(0\.\d+ to 0\.\d+\)/);
  const { power, points } = JSON.parse(await answer("scaling", "--json"));
  assert.deepEqual([points.length, power.points], [5, 5]);
  assert.ok(power.exponent.low < 0.81 && power.exponent.high > 0.79);

  const context = await answer("context", "--model", "m4");
  assert.match(context, /prompt +in cache +KV cache +runs +mJ\/token/);
  assert.match(context, /Verdict +A decode step costs .* J .* more for 1,000 tokens in the cache/);
  assert.equal(JSON.parse(await answer("context", "--model", "m4", "--json")).points.length, 3);

  assert.match(await answer("batch", "--model", "m4"), /Batch size 1 is the only one/);
  const tradeoff = await answer("tradeoff", "--json");
  assert.deepEqual(JSON.parse(tradeoff).front, ["m1 fp32"]);
  assert.match(await answer("tradeoff"), /m256 fp32 .* beaten\n/);

  const figures = ["--flops", "2e7", "--bytes", "4e7", "--kv-bytes", "4096"];
  const predicted = await answer("predict", ...figures, "--prompt-tokens", "64");
  assert.match(predicted, /^Prefill .* J for 64 tokens\nDecode .* J a token\n/);
  assert.match(predicted, /Verdict +About .* learned from 5 models/);
  const planned = await answer("predict", "--like", "gpt2", "--layers", "6", "--json");
  const { flopsPerToken, bytesPerToken } = plannedFeatures(presetConfig("gpt2", 6));
  assert.deepEqual(JSON.parse(planned).work, {
    flops: flopsPerToken!.base,
    flopsPerContextToken: flopsPerToken!.perContextToken,
    bytes: bytesPerToken!.base,
    bytesPerContextToken: bytesPerToken!.perContextToken,
  });
  assert.ok(JSON.parse(planned).joulesPerToken.value > 0);
});

Deno.test("the answers refuse in one line what they cannot tell", async () => {
  using scene = scratch();
  storeArms(scene.path, MODELS);
  for (
    const [name, args, says] of [
      ["context", [], /the runs are of m1 fp32, .*--model/],
      ["scaling", ["--tag", "nope"], /no complete run in .* matches; deno task runs/],
      ["scaling", ["--metric", "component:x"], /none of 30 runs has it/],
      ["tradeoff", ["--by", "colour"], /Allowed choices are tag, experiment/],
      ["predict", [], /no model was named; name one, or --like an architecture, or pass --flops/],
      ["predict", ["--like", "llama-3.2-1b"], /G operations, and the runs/],
      ["predict", ["--like", "lama"], /Cannot find an architecture called "lama"/],
      ["predict", ["--like", "gpt2", "--variant", "q4"], /precision "q4"; use "fp32"/],
      ["predict", ["--like", "gpt2", "--layers", "13"], /with 13 layers; it has 12/],
      ["predict", ["models/tinytales", "--like", "gpt2"], /two models at once/],
      ["predict", ["models/tinytales", "--layers", "1"], /--layers with --like/],
      ["predict", ["--flops", "1e15", "--bytes", "1e9"], /does 1,000 T operations, and the runs/],
      ["predict", ["/nowhere"], /"\/nowhere"/],
      ["predict", ["--flops", "x"], /must be a number/],
      ["batch", ["--db", "/nowhere/a.db"], /Cannot open the database/],
    ] as const
  ) {
    const { code, stderr } = await runTask(name, ["--db", scene.path, ...args]);
    assert.equal(code, 2, `${name} ${args}: ${stderr}`);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
});
