import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { ENGINES, openSession } from "../../lib/inference/mod.ts";
import { best } from "../../lib/inference/sampling.ts";
import { buildModel, loadModel } from "../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "../model/checkpoints.ts";
import { sharedTest } from "../model/shared_data.ts";
import { assertSameAnswer, rerun } from "./same_answer.ts";

interface Golden {
  input_ids: number[];
  generated_ids: number[];
  top5_logits: [id: number, logit: number][][];
}
const golden: Golden[] = JSON.parse(
  await Deno.readTextFile(`${import.meta.dirname}/../../models/tinytales/golden.json`),
);

for (const [index, { input_ids, generated_ids, top5_logits }] of golden.entries()) {
  for (const engine of ENGINES) {
    Deno.test(`${engine} gives golden prompt ${index}'s tokens, logits within 1e-3`, async () => {
      await using session = await openSession(await loadModel("models/tinytales"), { engine });
      assert.equal(generated_ids.length, 64);
      let input = input_ids;
      for (const [step, id] of generated_ids.entries()) {
        const logits = await session.run(input);
        for (const [token, logit] of top5_logits[step]!) {
          assert.ok(Math.abs(logits[token]! - logit) < 1e-3, `step ${step}, token ${token}`);
        }
        assert.equal(best(logits), id, `step ${step}`);
        input = [id];
      }
    });
  }
}

for (const engine of ENGINES) {
  Deno.test(`${engine} in fp16 stays near fp32`, async () => {
    const model = await loadModel("models/tinytales", { precision: "fp16" });
    await using session = await openSession(model, { engine });
    const { input_ids, generated_ids, top5_logits } = golden[0]!;
    let input = input_ids;
    for (const [step, id] of generated_ids.slice(0, 16).entries()) {
      const logits = await session.run(input);
      for (const [token, logit] of top5_logits[step]!) {
        assert.ok(Math.abs(logits[token]! - logit) < 0.05, `step ${step}, token ${token}`);
      }
      input = [id];
    }
  });
}

Deno.test("Session.run() with the cache agrees with one pass over all ids", async () => {
  await using session = await openSession(await loadModel("models/tinytales"), { threads: 1 });
  const prompt = golden[1]!.input_ids;
  await assertSameAnswer(session, await rerun(session, prompt, 8), prompt.length, 1e-5);
});

// With 16 steps of decoding and in chunks; half floats round where others cancel.
const EXPORTS: [string, string, number][] = [
  ["optimum-llama", "model.onnx", 1e-5],
  ["optimum-qwen2", "model.onnx", 1e-5],
  ["optimum-gpt2", "model.onnx", 1e-5],
  ["optimum-gpt2-merged", "decoder_model_merged.onnx", 1e-5],
  ["optimum-gpt_neox", "model.onnx", 1e-5],
  ["optimum-mixtral", "model.onnx", 1e-5],
  ["optimum-opt", "model.onnx", 1e-5],
  ["optimum-phi", "model.onnx", 1e-5],
  ["optimum-phi3", "model.onnx", 1e-5],
  ["genai-gpt2", "past.onnx", 1e-5],
  ["genai-llama-fp16", "model.onnx", 0.02],
];

for (const engine of ENGINES) {
  for (const [folder, file, tolerance] of EXPORTS) {
    sharedTest(`${engine} runs ${folder}: with its cache as anew without`, folder, async (path) => {
      const model = await loadModel(`${path}/${file}`);
      await using session = await openSession(model, { threads: 1, engine });
      const prompt = [5, 17, 3, 40, 8];
      await assertSameAnswer(session, await rerun(session, prompt, 16), prompt.length, tolerance);
    });
  }
}

for (const engine of ENGINES) {
  Deno.test(`${engine} leaves logits alone that it gave before`, async () => {
    await using session = await openSession(await loadModel("models/tinytales"), { engine });
    const first = await session.run([0, 625]);
    const copy = first.slice();
    await session.run([624]);
    assert.deepEqual(first, copy);
  });

  Deno.test(`${engine} takes a cache longer than its first mask`, async () => {
    await using session = await openSession(await loadModel("models/tinytales"), { engine });
    await session.run(Array.from({ length: 250 }, (_, i) => i % 1000));
    for (let i = 0; i < 20; i++) await session.run([i]);
    assert.equal(session.pastLength, 270);
  });

  Deno.test(`${engine} rejects no ids and released sessions, and survives a failed pass`, async () => {
    const session = await openSession(await loadModel("models/tinytales"), { engine });
    await assert.rejects(session.run([]), /no tokens/);
    await session.run([0]);
    // Gather refuses the id; what came before stays in the cache.
    await assert.rejects(session.run([5000]), /ONNX Runtime failed on 1 tokens after 1: /);
    assert.equal(session.pastLength, 1);
    assert.equal((await session.run([625])).length, 1024);
    await session.release();
    await session.release();
    await assert.rejects(session.run([0]), /released/);
  });
}

Deno.test("openSession() refuses threads that are no count", async () => {
  const model = await loadModel("models/tinytales");
  for (const threads of [0, -1, 1.5, NaN]) {
    await assert.rejects(openSession(model, { threads }), InputError);
  }
});

Deno.test("openSession() gives the same logits with and without spinning", async () => {
  const model = await loadModel("models/tinytales");
  await using spinning = await openSession(model, { threads: 2, spin: true });
  await using sleeping = await openSession(model, { threads: 2, spin: false });
  assert.deepEqual(await spinning.run([0, 625]), await sleeping.run([0, 625]));
});

Deno.test("openSession() says in one line what ONNX Runtime cannot load, nothing on stderr", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/m` });
  const bytes = await Deno.readFile(onnxPath);
  const text = new TextDecoder("latin1").decode(bytes);
  const opType = "\x22\x07Sigmoid"; // field 4 of a node, 7 bytes
  assert.ok(text.includes(opType));
  bytes.set(new TextEncoder().encode("Sigmoix"), text.indexOf(opType) + 2);
  await Deno.writeFile(onnxPath, bytes);
  const { stdout, stderr } = await run(
    folder.path,
    `import { loadModel } from ${url("../../lib/model/mod.ts")};
     import { openSession } from ${url("../../lib/inference/mod.ts")};
     const model = await loadModel(${JSON.stringify(onnxPath)});
     await openSession(model).catch((error) => console.log(error.name, error.message));`,
    ["-A"],
  );
  assert.match(stdout, /^InputError ONNX Runtime cannot load .*Sigmoix.*\n$/);
  assert.equal(stderr, "");
});

Deno.test("importing the rooms loads no runtime and needs no permission", async () => {
  using folder = temporaryFolder();
  const code = `import ${url("../../lib/inference/mod.ts")};
    import ${url("../../lib/model/mod.ts")};
    console.log("loaded");`;
  assert.deepEqual(await run(folder.path, code, []), { stdout: "loaded\n", stderr: "" });
});

function url(path: string): string {
  return JSON.stringify(new URL(path, import.meta.url).href);
}

async function run(
  folder: string,
  code: string,
  permissions: string[],
): Promise<{ stdout: string; stderr: string }> {
  await Deno.writeTextFile(`${folder}/main.ts`, code);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const flags = ["-q", "--no-prompt", "--no-lock", "--config", config, ...permissions];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, `${folder}/main.ts`],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
