import assert from "node:assert/strict";
import { checkComponents } from "../../../lib/model/cut/mod.ts";
import { buildModel, loadModel, type Model } from "../../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "../../model/checkpoints.ts";
import { sharedTest } from "../../model/shared_data.ts";
import { componentsOf, cutOpen } from "./cuts.ts";

/** Every component is cut out, and computes what it computes in the whole graph. */
async function assertSame(model: Model, least: readonly string[]): Promise<void> {
  await using open = await cutOpen(model);
  assert.deepEqual(open.refused, []);
  checkComponents(model, componentsOf(open.cells).filter((component) => component !== "other"));
  const found = componentsOf(open.cells);
  for (const component of least) assert.ok(found.includes(component), `${component} of ${found}`);
  for (const { facts } of open.cells) {
    const { component, phase, past, difference } = facts;
    assert.ok(difference <= 1e-5, `${component}, ${phase} after ${past}: ${difference} off`);
  }
  // All passes of the answer are stood for, each once.
  for (const component of found) {
    const weights = (phase: string) =>
      open.cells.filter(({ facts }) => facts.component === component && facts.phase === phase)
        .reduce((sum, { facts }) => sum + facts.weight, 0);
    assert.ok(Math.abs(weights("prefill") - 1) < 1e-9, component);
    assert.ok(Math.abs(weights("decode") - 5) < 1e-9, component);
  }
}

const LLAMA = ["q_proj", "attention", "o_proj", "gate_proj", "down_proj", "lm_head", "residual"];

for (const precision of ["fp32", "fp16"] as const) {
  Deno.test(`cut components of tinytales compute what they did in ${precision}`, async () => {
    await assertSame(await loadModel("models/tinytales", { precision }), LLAMA);
  });
}

for (const precision of ["fp32", "int8", "int4"] as const) {
  Deno.test(`cut components with weights in a file of their own do, in ${precision}`, async () => {
    using folder = temporaryFolder();
    const config = { ...SMALL, hidden_size: 64, intermediate_size: 96, head_dim: 16 };
    const outDir = `${folder.path}/m`;
    await buildModel(config, { outDir, precision, externalDataAboveBytes: 0 });
    await assertSame(await loadModel(outDir), ["q_proj", "attention", "down_proj"]);
  });
}

Deno.test("attention is cut at the start, the middle and the end of the answer", async () => {
  await using open = await cutOpen(await loadModel("models/tinytales"), ["attention", "q_proj"]);
  const pasts = (component: string) =>
    open.cells.filter(({ facts }) => facts.component === component && facts.phase === "decode")
      .map(({ facts }) => facts.past);
  assert.deepEqual(pasts("attention"), [5, 7, 9]);
  assert.deepEqual(pasts("q_proj"), [7]);
});

Deno.test("a loop goes round, with its work and without", async () => {
  await using open = await cutOpen(await loadModel("models/tinytales"), ["down_proj"]);
  const [cell] = open.cells;
  assert.ok(cell);
  for (const kind of ["work", "empty"] as const) {
    const { startMs, endMs, rounds } = await cell.run(kind, 3, () => false);
    assert.ok(rounds > 0 && endMs - startMs >= 3);
  }
  const stopped = await cell.run("work", 1e9, () => true);
  assert.equal(stopped.rounds, 1);
});

for (
  const [folder, least] of [
    ["genai-gpt2", ["qkv_proj", "fc1", "fc2"]],
    ["genai-llama-fp16", ["q_proj", "attention", "down_proj"]],
    ["optimum-gpt2", ["qkv_proj", "attention", "fc2"]],
    ["optimum-gpt_neox", ["qkv_proj", "attention", "fc2"]],
    ["optimum-llama", LLAMA],
    ["optimum-mixtral", ["router", "experts"]],
    ["optimum-opt", ["q_proj", "fc1"]],
    ["optimum-phi", ["q_proj", "fc1"]],
    ["optimum-phi3", ["qkv_proj", "gate_up_proj"]],
    ["optimum-qwen2", LLAMA],
  ] as const
) {
  const name = `cut components of ${folder} compute what they did`;
  sharedTest(name, folder, async (path) => await assertSame(await loadModel(path), least));
}
