import assert from "node:assert/strict";
import { openSession } from "../../../lib/inference/mod.ts";
import { buildModel, type DecoderConfig, loadModel, type Model } from "../../../lib/model/mod.ts";
import type { PrecisionOptions } from "../../../lib/model/mod.ts";
import { readOnnx } from "../../../lib/model/onnx_reader.ts";
import { safetensors, temporaryFolder, type Weights } from "../checkpoints.ts";
import { FAMILY_FIXTURES, familyWeights } from "./families.ts";
import { dequantized, throughInt4, throughInt8 } from "./quantized.ts";

async function build(
  folder: string,
  config: DecoderConfig,
  weights: Weights,
  options: PrecisionOptions,
): Promise<Model> {
  const file = `${folder}/w.safetensors`;
  await Deno.writeFile(file, safetensors(weights, "F32"));
  const outDir = await Deno.makeTempDir({ dir: folder });
  const { onnxPath } = await buildModel(config, { ...options, weights: file, outDir });
  return await loadModel(onnxPath);
}

async function logitsOf(model: Model, ids: readonly number[]): Promise<Float32Array> {
  await using session = await openSession(model, { threads: 1 });
  return (await session.run([...ids])).slice();
}

/** How far logits are from others, as a share of how much those differ among themselves. */
function distance(actual: Float32Array, expected: ArrayLike<number>): number {
  const others = Array.from(expected);
  const mean = others.reduce((sum, value) => sum + value, 0) / others.length;
  const square = (sum: number, value: number) => sum + value ** 2;
  const errors = others.map((value, i) => actual[i]! - value);
  return Math.sqrt(
    errors.reduce(square, 0) / others.map((value) => value - mean).reduce(square, 0),
  );
}

const INT4: readonly { label: string; options: PrecisionOptions; within: number }[] = [
  { label: "int4", options: {}, within: 1e-4 },
  { label: "int4 with zero points", options: { symmetric: false, blockSize: 16 }, within: 1e-4 },
  { label: "int4 with fp16", options: { activations: "fp16", blockSize: 16 }, within: 0.02 },
];

for (const { name, config, tensors, ids, logits } of FAMILY_FIXTURES) {
  const weights = familyWeights({ name, config, tensors, ids, logits });
  const last = logits[ids.length - 1]!;

  for (const { label, options, within } of INT4) {
    Deno.test(`buildModel() computes with ${label} what its weights stand for: ${name}`, async () => {
      using folder = temporaryFolder();
      const model = await build(folder.path, config, weights, { precision: "int4", ...options });
      const { blockSize = 32, symmetric = true, activations } = options;
      const format = { blockSize, symmetric, half: activations === "fp16" };
      const plain = dequantized(config, weights, (row) => throughInt4(row, format), "row");
      const expected = await logitsOf(
        await build(folder.path, plain.config, plain.weights, {}),
        ids,
      );
      const actual = await logitsOf(model, ids);
      const away = distance(actual, expected);
      assert.ok(away < within, `${away} from the same weights at fp32`);
      // Two layers of 24 numbers average little out; a router may choose another expert.
      assert.ok(distance(actual, last) < (name === "mixtral" ? 1 : 0.7), "from fp32");
    });
  }

  Deno.test(`buildModel() computes with int8 what its weights stand for: ${name}`, async () => {
    using folder = temporaryFolder();
    const model = await build(folder.path, config, weights, { precision: "int8" });
    const plain = dequantized(config, weights, throughInt8, "matrix");
    const expected = await logitsOf(await build(folder.path, plain.config, plain.weights, {}), ids);
    const actual = await logitsOf(model, ids);
    // Activations are rounded to a 255th of their range, too.
    assert.ok(distance(actual, expected) < 0.15, `${distance(actual, expected)}`);
    assert.ok(distance(actual, last) < 0.2, `${distance(actual, last)} from fp32`);
  });

  for (const precision of ["int8", "int4"] as const) {
    Deno.test(`buildModel() makes an ${precision} cache that continues a text: ${name}`, async () => {
      using folder = temporaryFolder();
      const model = await build(folder.path, config, weights, { precision });
      await using cached = await openSession(model, { threads: 1 });
      await using other = await openSession(model, { threads: 1 });
      const text = [...ids];
      let result = (await cached.run(text)).slice();
      for (let step = 0; step < 8; step++) {
        text.push(result.indexOf(Math.max(...result)));
        result = (await cached.run(text.slice(-1))).slice();
        other.reset();
        const whole = await other.run(text);
        // One scale for all tokens of a pass: at int8 a text that is cut otherwise rounds otherwise,
        // and a router may choose otherwise.
        const within = precision === "int4" ? 1e-4 : name === "mixtral" ? 1 : 0.35;
        const away = distance(result, whole);
        assert.ok(away < within, `${away} at step ${step}`);
      }
    });

    Deno.test(`buildModel() writes an ${precision} model that is told as such: ${name}`, async () => {
      using folder = temporaryFolder();
      const { architecture, features, onnxPath } = await build(folder.path, config, weights, {
        precision,
      });
      const { family, numLayers, coverage, warnings, isMoe } = architecture;
      assert.deepEqual(
        { family, numLayers, coverage, warnings, isMoe },
        {
          family: config.model_type,
          numLayers: 2,
          coverage: 1,
          warnings: [],
          isMoe: config.model_type === "mixtral",
        },
      );
      assert.equal(features.precision, precision);
      assert.equal(features.blockSize, precision === "int4" ? 32 : null);
      const sizes = Object.values(tensors).map((shape) => shape.reduce((a, b) => a * b, 1));
      assert.equal(features.parameters, sizes.reduce((a, b) => a + b, 0));
      const { nodes } = readOnnx(onnxPath).graph;
      const lost = nodes.filter(({ opType }) => /^MatMul(Integer|NBits)$/.test(opType))
        .filter((node) => {
          const place = architecture.componentOf(node.name);
          return place === null || ["other", "residual"].includes(place.component);
        });
      assert.deepEqual(lost.map((node) => node.name), []);
    });
  }
}
