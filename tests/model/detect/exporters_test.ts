import assert from "node:assert/strict";
import { readOnnx } from "../../../lib/model/onnx_reader.ts";
import { detectArchitecture } from "../../../lib/model/architecture.ts";
import { placeNodes } from "../../../lib/model/detect/mod.ts";
import { type DecoderRecipe, RECIPES } from "../../fixtures/decoder_recipes.ts";
import { exportDecoder, type ExporterStyle } from "../../fixtures/exporter_graphs.ts";
import { temporaryFolder } from "../checkpoints.ts";

const STYLES: readonly ExporterStyle[] = ["torchscript", "dynamo", "mobius"];

for (const recipe of RECIPES) {
  for (const style of STYLES) {
    Deno.test(`detectArchitecture() places every node of ${recipe.family} by ${style}`, () =>
      withExport(recipe, style, async (path, truth) => {
        const wrong = [];
        for (const { node, place, expected } of compared(path, truth)) {
          const { layer, component } = expected;
          if (place.layer !== layer || place.component !== component) {
            wrong.push(`${node.opType} ${node.outputs[0]}: ${JSON.stringify({ place, expected })}`);
          }
        }
        assert.deepEqual(wrong, []);
        const architecture = await detectArchitecture(path);
        assert.equal(architecture.numLayers, 2);
        assert.equal(architecture.coverage, 1);
        assert.equal(architecture.normKind, recipe.norm);
        assert.equal(architecture.attentionKind, kindOf(recipe));
        assert.equal(architecture.isMoe, recipe.hasExperts === true);
      }));
  }

  Deno.test(`detectArchitecture() finds the multiplications of ${recipe.family} without names`, () =>
    withExport(recipe, "anonymous", async (path, truth) => {
      const wrong = [];
      for (const { node, place, expected } of compared(path, truth)) {
        if (!expected.isProduct) continue;
        if (
          place.layer !== expected.layer || place.component !== byShape(recipe, expected.component)
        ) {
          wrong.push(`${node.outputs[0]}: ${JSON.stringify({ place, expected })}`);
        }
      }
      assert.deepEqual(wrong, []);
      const architecture = await detectArchitecture(path);
      assert.equal(architecture.family, "unknown");
      assert.equal(architecture.numLayers, 2);
      assert.equal(architecture.coverage, 1);
      assert.equal(architecture.attentionKind, kindOf(recipe));
      assert.match(architecture.warnings.join(), /told from the graph's shape/);
    }));
}

Deno.test("detectArchitecture() tells families without a config by their modules", async () => {
  const told: string[] = [];
  for (const recipe of RECIPES) {
    await withExport(recipe, "torchscript", async (path) => {
      const { family, warnings } = await detectArchitecture(path);
      assert.match(warnings.join(), /No config.json/);
      if (family !== recipe.family) told.push(`${recipe.family} as ${family}`);
    });
  }
  assert.deepEqual(told, ["mistral as llama"]); // whose modules are the same
});

// A graph does not tell by its shape what a family calls a network of two matrices.
function byShape(recipe: DecoderRecipe, component: string): string {
  if (recipe.parts.length !== 2 || recipe.isPacked === true) return component;
  return component === recipe.parts[0] ? "fc1" : component === recipe.parts[1] ? "fc2" : component;
}

function kindOf({ heads, kvHeads }: DecoderRecipe): string {
  return kvHeads === heads ? "mha" : kvHeads === 1 ? "mqa" : "gqa";
}

async function withExport(
  recipe: DecoderRecipe,
  style: ExporterStyle,
  run: (path: string, truth: ReturnType<typeof exportDecoder>["truth"]) => Promise<void>,
): Promise<void> {
  using folder = temporaryFolder();
  const { graph, truth } = exportDecoder(recipe, style);
  const path = `${folder.path}/model.onnx`;
  await Deno.writeFile(path, graph.bytes());
  await run(path, truth);
}

function compared(path: string, truth: ReturnType<typeof exportDecoder>["truth"]) {
  const [placed] = placeNodes(readOnnx(path));
  return [...placed!.places].map(([node, place]) => {
    const expected = truth.get(node.outputs[0]!);
    assert.ok(expected !== undefined, `${node.outputs[0]} was not written`);
    return { node, place, expected };
  });
}
