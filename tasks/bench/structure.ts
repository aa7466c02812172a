/**
 * How long it takes to read the structure of large models, and how much memory: `detectArchitecture`
 * in a process of its own, five times each. Prints Markdown; docs/benchmarks.md keeps a result.
 *
 * `deno run -A tasks/bench/structure.ts` (about 3 GB of disk in .cache/bench, kept)
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildModel, type LlamaConfig } from "../../lib/model/mod.ts";

const FOLDER = fileURLToPath(new URL("../../.cache/bench", import.meta.url));
const READER = fileURLToPath(new URL("structure/read.ts", import.meta.url));
const TIMES = 5;

const SMALL: LlamaConfig = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_act: "silu",
  vocab_size: 32000,
  hidden_size: 768,
  intermediate_size: 2048,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  num_key_value_heads: 12,
};
const LARGE: LlamaConfig = {
  ...SMALL,
  hidden_size: 2048,
  intermediate_size: 5632,
  num_attention_heads: 16,
  num_key_value_heads: 16,
};
const NEVER = 1e12;

/** Models by how large they are and where their weights lie. */
const CASES = [
  { name: "small-embedded", config: SMALL, externalDataAboveBytes: NEVER },
  { name: "small-external", config: SMALL, externalDataAboveBytes: 0 },
  {
    name: "large-embedded",
    config: { ...LARGE, num_hidden_layers: 7 },
    externalDataAboveBytes: NEVER,
  },
  { name: "large-external", config: LARGE, externalDataAboveBytes: 0 },
];

if (import.meta.main) {
  console.log("| weights | where | seconds, median (of 5) | most memory, MB |");
  console.log("| --- | --- | --- | --- |");
  for (const { name, config, externalDataAboveBytes } of CASES) {
    const path = join(FOLDER, `structure-${name}`);
    const bytes = await weightBytes(path) ??
      (await buildModel(config, { outDir: path, seed: 1, externalDataAboveBytes })).weightBytes;
    const reads = Array.from({ length: TIMES }, () => read(join(path, "model.onnx")));
    const seconds = reads.map(({ ms }) => ms / 1000).sort((a, b) => a - b);
    const most = Math.max(...reads.map(({ peakBytes }) => peakBytes));
    const where = externalDataAboveBytes === 0 ? "external" : "in the file";
    const range = `${seconds[0]!.toFixed(2)}–${seconds.at(-1)!.toFixed(2)}`;
    console.log(
      `| ${(bytes / 1e9).toFixed(2)} GB | ${where} | ${seconds[2]!.toFixed(2)} (${range}) | ` +
        `${(most / 1e6).toFixed(0)} |`,
    );
  }
}

function read(path: string): { ms: number; peakBytes: number } {
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", READER, path],
    stderr: "inherit",
  }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function weightBytes(path: string): Promise<number | null> {
  let bytes = 0;
  for (const name of ["model.onnx", "model.onnx.data"]) {
    try {
      bytes += (await Deno.stat(join(path, name))).size;
    } catch {
      // not built, or not of this kind
    }
  }
  return bytes === 0 ? null : bytes;
}
