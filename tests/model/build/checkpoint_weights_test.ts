import assert from "node:assert/strict";
import { checkpointWeights } from "../../../lib/model/build/checkpoint_weights.ts";
import type { WeightSpec } from "../../../lib/model/build/graph_spec.ts";
import { openCheckpoint } from "../../../lib/model/safetensors.ts";
import { safetensors, temporaryFolder } from "../checkpoints.ts";

const ROWS = 7;
const COLUMNS = 5;
const VALUES = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => i / 8 - 2);

function spec(dataType: number, transposed: boolean): WeightSpec {
  const dims = transposed ? [COLUMNS, ROWS] : [ROWS, COLUMNS];
  return { name: "w", dims, dataType, transposed, fill: "random", encoding: null };
}

for (const dtype of ["F32", "F16", "BF16"] as const) {
  Deno.test(`checkpointWeights() gives the same of ${dtype} whatever the size of its pieces`, async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/w.safetensors`;
    const weights = new Map([["w", { shape: [ROWS, COLUMNS], values: VALUES }]]);
    await Deno.writeFile(path, safetensors(weights, dtype));
    using checkpoint = openCheckpoint(path);
    for (const [dataType, Numbers] of [[1, Float32Array], [10, Float16Array]] as const) {
      for (const transposed of [false, true]) {
        const weight = spec(dataType, transposed);
        const expected = transposed
          ? Array.from(VALUES, (_, i) => VALUES[(i % ROWS) * COLUMNS + Math.floor(i / ROWS)]!)
          : [...VALUES];
        for (const chunk of [1, 3, 7, 8, 20, 35, 100]) {
          for (const block of [1, 7, 15, 21, 35, 100]) {
            const values = checkpointWeights(checkpoint, path, [weight], { chunk, block });
            const all: number[] = [];
            for (const piece of values(weight)) {
              all.push(...new Numbers(piece.slice().buffer));
            }
            assert.deepEqual(all, expected, `${dataType} ${transposed} ${chunk} ${block}`);
          }
        }
      }
    }
  });
}
