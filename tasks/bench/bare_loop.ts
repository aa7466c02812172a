/**
 * The least that decoding can cost with `onnxruntime-node`: `session.run` with feeds that were made
 * before, the cache handed on, nothing sampled, no text.
 *
 * @module
 */
import { nowMs } from "@tokenwatt/tokenwatt";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { BenchModel } from "./bench_models.ts";
import type { Contestant } from "./contest.ts";

type Feeds = Record<string, Tensor>;

/** Opens a session that is fed the prompt and then `ids`, the answer that the others find. */
export async function bareLoop(
  { model, prompt }: BenchModel,
  ids: readonly number[],
  threads: number,
): Promise<Contestant & AsyncDisposable> {
  const session = await InferenceSession.create(model.onnxPath, { intraOpNumThreads: threads });
  const slots = session.inputMetadata.flatMap(({ name, ...input }) =>
    input.isTensor && name.startsWith("past_key_values.")
      ? [{ input: name, output: name.replace("past_key_values", "present"), shape: input.shape }]
      : []
  );
  const fetches = ["logits", ...slots.map(({ output }) => output)];
  const steps = stepFeeds(session.inputNames, prompt, ids);
  return {
    async answer() {
      let cache: Feeds = {};
      for (const { input, shape: [, heads, , headDim] } of slots) {
        const dims = [1, Number(heads), 0, Number(headDim)];
        cache[input] = new Tensor("float32", new Float32Array(0), dims);
      }
      let logits: Tensor | null = null;
      const endsMs: number[] = [];
      for (const feeds of steps) {
        const outputs = await session.run({ ...feeds, ...cache }, fetches) as Feeds;
        cache = {};
        for (const { input, output } of slots) cache[input] = outputs[output]!;
        logits = outputs.logits!;
        endsMs.push(nowMs());
      }
      // Whether it ran the same tokens shows in what would come last.
      return { ids: [...ids.slice(0, -1), highest(logits!)], endsMs };
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

function stepFeeds(
  inputNames: readonly string[],
  prompt: readonly number[],
  ids: readonly number[],
): Feeds[] {
  return ids.map((_, step) => {
    const input = step === 0 ? prompt : [ids[step - 1]!];
    const past = step === 0 ? 0 : prompt.length + step - 1;
    const whole: Feeds = {
      input_ids: integers(input),
      attention_mask: integers(new Array(past + input.length).fill(1)),
      position_ids: integers(input.map((_, index) => past + index)),
    };
    return Object.fromEntries(
      Object.entries(whole).filter(([name]) => inputNames.includes(name)),
    );
  });
}

function integers(values: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), [
    1,
    values.length,
  ]);
}

function highest(logits: Tensor): number {
  const last = (logits.data as Float32Array).slice(-logits.dims.at(-1)!);
  return last.indexOf(last.reduce((most, value) => Math.max(most, value)));
}
