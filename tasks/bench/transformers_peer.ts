/**
 * `@huggingface/transformers` on the same ONNX folder.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { nowMs } from "@tokenwatt/tokenwatt";
import type { BenchModel } from "./bench_models.ts";
import type { Contestant } from "./contest.ts";

// Not written as a literal: `deno check` would look for it in the root's deno.json, which must stay
// free of it, as every first run fetches what stands there (docs/benchmarks.md).
const PACKAGE = "@huggingface/transformers";

/** What is used of the package. */
interface Transformers {
  env: {
    version: string;
    allowRemoteModels: boolean;
    localModelPath: string;
    backends: { onnx: { versions: { node?: string } } };
  };
  Tensor: new (type: "int64", data: BigInt64Array, dims: number[]) => unknown;
  AutoModelForCausalLM: {
    from_pretrained(name: string, options: Record<string, unknown>): Promise<TransformersModel>;
  };
}

interface TransformersModel {
  generate(options: Record<string, unknown>): Promise<unknown>;
  dispose(): Promise<unknown>;
}

/** The package's own version and that of the ONNX Runtime that it brings. */
export async function transformersVersions(): Promise<
  { version: string; onnxruntimeNode: string }
> {
  const { env } = await load();
  return { version: env.version, onnxruntimeNode: env.backends.onnx.versions.node ?? "unknown" };
}

/** Opens the model with transformers.js: fp32, CPU, greedy, nothing from the network. */
export async function transformersPeer(
  { model, prompt, maxNewTokens }: BenchModel,
  threads: number,
): Promise<Contestant & AsyncDisposable> {
  const { env, AutoModelForCausalLM, Tensor } = await load();
  env.allowRemoteModels = false;
  env.localModelPath = dirname(model.path);
  const peer = await AutoModelForCausalLM.from_pretrained(basename(model.path), {
    local_files_only: true,
    dtype: "fp32",
    device: "cpu",
    session_options: { intraOpNumThreads: threads },
  });
  const int64 = (values: readonly number[]) =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  return {
    async answer() {
      const ids: number[] = [];
      const endsMs: number[] = [];
      let isPrompt = true;
      // The least of a streamer: it turns no ids into text, where generate() does.
      const streamer = {
        put([[id]]: [[bigint]]) {
          if (!isPrompt) {
            ids.push(Number(id));
            endsMs.push(nowMs());
          }
          isPrompt = false;
        },
        end() {},
      };
      await peer.generate({
        input_ids: int64(prompt),
        attention_mask: int64(prompt.map(() => 1)),
        max_new_tokens: maxNewTokens,
        do_sample: false,
        streamer,
      });
      return { ids, endsMs };
    },
    async [Symbol.asyncDispose]() {
      await peer.dispose();
    },
  };
}

async function load(): Promise<Transformers> {
  return await import(PACKAGE) as Transformers;
}
