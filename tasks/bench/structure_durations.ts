/**
 * Reading the structure of large models, in a process of its own, which tells its memory too.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildModel, type LlamaConfig } from "@tokenwatt/tokenwatt";
import { denoOutput } from "./deno_peer.ts";
import type { DurationMeasure, Taken } from "./duration.ts";
import { madeOnce } from "./made_once.ts";

const READER = fileURLToPath(new URL("structure/read.ts", import.meta.url));
const SOURCES = [new URL("../../lib/model/build/", import.meta.url), new URL(import.meta.url)];
const NEVER = 1e12;

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

/** Models by how large they are and where their weights lie. */
export const STRUCTURE_DURATIONS: readonly DurationMeasure[] = [
  structure("embedded", "0.5 GB, weights in the file", SMALL, NEVER),
  structure("external", "0.5 GB, weights beside the file", SMALL, 0),
  structure("embedded-2gb", "2 GB, weights in the file", { ...LARGE, num_hidden_layers: 7 }, NEVER),
];

function structure(
  name: string,
  given: string,
  config: LlamaConfig,
  externalDataAboveBytes: number,
): DurationMeasure {
  return {
    name: `structure-${name}`,
    title: "`detectArchitecture()`",
    given,
    budgetMs: 500,
    rounds: 8,
    weight: 0.6,
    watchesLoad: false,
    async open() {
      const folder = await madeOnce(`structure-${name}`, SOURCES, async (outDir) => {
        await buildModel(config, { outDir, seed: 1, externalDataAboveBytes });
      });
      return {
        timed: () => read(join(folder, "model.onnx")),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}

async function read(path: string): Promise<Taken> {
  // Deno lets nobody read /proc/self/status, where the peak is, who may not do everything.
  return JSON.parse(await denoOutput({ flags: ["--allow-all"], path: READER, args: [path] }));
}
