import assert from "node:assert/strict";
import { decoderGraph } from "../../../lib/model/build/decoder_graph.ts";
import { decoderShape } from "../../../lib/model/build/families.ts";
import { modelSize } from "../../../lib/model/mod.ts";
import { testUnless } from "../../gate/needs.ts";
import { temporaryFolder } from "../checkpoints.ts";

const isLong = Deno.env.get("TOKENWATT_LONG") === "1";
const noProc = Deno.build.os === "linux" ? null : "a process's peak memory is read from /proc";

// The embedding alone has 134 MB at fp16, on top of the 90 MB that Deno takes for itself.
const CONFIG = {
  model_type: "llama",
  vocab_size: 65536,
  hidden_size: 1024,
  intermediate_size: 8192,
  num_hidden_layers: isLong ? 32 : 1,
  num_attention_heads: 16,
  tie_word_embeddings: true,
};

/** A checkpoint of zeros that takes no room: its data are a hole in the file. */
async function hollowCheckpoint(path: string): Promise<number> {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const { name, dims, transposed } of decoderGraph(decoderShape(CONFIG), 1).weights) {
    const shape = transposed ? dims.toReversed() : dims;
    const end = offset + 2 * dims.reduce((product, dim) => product * dim, 1);
    header[name] = { dtype: "BF16", shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  await Deno.writeFile(path, new Uint8Array([...length, ...json]));
  await Deno.truncate(path, 8 + json.length + offset);
  return offset;
}

const CASES = [
  ["a checkpoint", "fp16"],
  ["a checkpoint", "int8"],
  ["a checkpoint", "int4"],
  ["a seed", "fp16"],
  ...(isLong ? [["a seed", "int8"], ["a seed", "int4"]] as const : []),
] as const;

for (const [source, precision] of CASES) {
  testUnless(
    noProc,
    `buildModel() needs little memory for a large ${precision} model from ${source}`,
    async () => {
      using folder = temporaryFolder();
      const bytes = await hollowCheckpoint(`${folder.path}/w.safetensors`);
      const build = new URL("../../../lib/model/build/mod.ts", import.meta.url).href;
      const script = `
      import { buildModel } from ${JSON.stringify(build)};
      const { weightBytes } = await buildModel(${JSON.stringify(CONFIG)}, {
        ${
        source === "a seed"
          ? "seed: 1"
          : `weights: ${JSON.stringify(`${folder.path}/w.safetensors`)}`
      },
        precision: "${precision}",
        outDir: ${JSON.stringify(`${folder.path}/m`)},
      });
      const status = Deno.readTextFileSync("/proc/self/status");
      console.log(weightBytes, 1024 * Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]));`;
      await Deno.writeTextFile(`${folder.path}/build.ts`, script);
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", "--no-lock", `${folder.path}/build.ts`],
      }).output();
      const [written, peak] = new TextDecoder().decode(stdout).trim().split(" ").map(Number);
      assert.equal(written, modelSize(CONFIG, { precision }).weightBytes);
      assert.ok(peak! < 220e6, `${peak} bytes at the peak for ${bytes} bytes of weights`);
    },
  );
}
