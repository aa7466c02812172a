import assert from "node:assert/strict";
import { buildModel } from "../../../lib/model/mod.ts";
import { type GraphInfo, readOnnx } from "../../../lib/model/onnx_reader.ts";
import { temporaryFolder } from "../checkpoints.ts";
import { sharedTest } from "../shared_data.ts";

/** Every multiplication, norm and activation; what exporters compute around them is shapes. */
function essentials(graph: GraphInfo): string[] {
  return graph.nodes
    .filter(({ opType, name }) =>
      (/^(MatMul|Gemm|Softmax|TopK)$/.test(opType) && !/rotary_emb|TopK_[12]$/.test(name)) ||
      (/^(Pow|ReduceMean|Sqrt|Div|Sub|Add|Mul|Sigmoid|Tanh)$/.test(opType) &&
        /norm\/|ln_\w\/|\/act|_proj\/|fc\d\//.test(name))
    )
    .map(({ opType, name }) => `${opType} ${name}`)
    .sort();
}

function signature(graph: GraphInfo): string[] {
  return [...graph.inputs, ...graph.outputs]
    .map(({ name, dataType, dims }) => `${name} ${dataType} ${dims.join("×")}`)
    .map((text) => text.replace(/past_sequence_length \+ \w+/, "total"))
    .sort();
}

for (const family of ["gpt2", "llama", "mixtral", "phi", "phi3", "qwen2"]) {
  sharedTest(
    `buildModel() names operations, inputs and outputs as optimum does: ${family}`,
    `optimum-${family}`,
    async (path) => {
      using folder = temporaryFolder();
      const config = JSON.parse(await Deno.readTextFile(`${path}/config.json`));
      const { onnxPath } = await buildModel(config, { outDir: `${folder.path}/m` });
      const real = readOnnx(`${path}/model.onnx`).graph;
      const built = readOnnx(onnxPath).graph;
      assert.deepEqual(signature(built), signature(real));
      assert.deepEqual(essentials(built), essentials(real));
    },
  );
}
