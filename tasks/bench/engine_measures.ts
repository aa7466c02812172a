/**
 * The engine that keeps the cache inside the runtime, against those that copy it, and against the
 * machine's memory.
 *
 * @module
 */
import { bytesPerToken, nowMs } from "@tokenwatt/tokenwatt";
import type { BenchModel } from "./bench_models.ts";
import type { Contestant } from "./contest.ts";
import { type Measure, SHORT } from "./measure.ts";
import { tokenwatt } from "./tokenwatt.ts";
import { transformersPeer } from "./transformers_peer.ts";

// Each side has a session of its own, as engines cannot share one: up to 7 % of their ratio may be by
// where weights came to lie.
const COMMON = { figure: "speed", onAllContexts: true, ...SHORT } as const;

/** All of them. */
export const ENGINE_MEASURES: readonly Measure[] = [
  {
    name: "ffi-node",
    title: "tokens/s of ort-ffi ÷ ort-node",
    goal: { atLeast: 1 },
    ...COMMON,
    open: async (model, _ids, threads) =>
      closing(await tokenwatt(model, threads), await tokenwatt(model, threads, "ort-ffi")),
  },
  {
    name: "ffi-transformers",
    title: "tokens/s of ort-ffi ÷ @huggingface/transformers",
    goal: { atLeast: 1 },
    goalAt: { 1024: { atLeast: 1.9 } },
    ...COMMON,
    open: async (model, _ids, threads) =>
      closing(await transformersPeer(model, threads), await tokenwatt(model, threads, "ort-ffi")),
  },
  {
    name: "memory-limit",
    title: "bytes of a token/s of ort-ffi ÷ bytes/s of copying as many",
    goal: null,
    ...COMMON,
    onAllContexts: false,
    open: async (model, ids, threads) =>
      closing(copying(model, ids), await tokenwatt(model, threads, "ort-ffi")),
  },
];

type Open = Contestant & Partial<AsyncDisposable>;

function closing(base: Open, subject: Open) {
  return {
    base,
    subject,
    async [Symbol.asyncDispose]() {
      await base[Symbol.asyncDispose]?.();
      await subject[Symbol.asyncDispose]?.();
    },
  };
}

/**
 * Moves as many bytes as a step must: its weights and its cache, once. As STREAM counts a copy, what
 * is read and what is written both count, so half of them are copied. On one thread.
 */
function copying({ model, prompt, maxNewTokens }: BenchModel, ids: readonly number[]): Contestant {
  const bytes = bytesPerToken(model.features, prompt.length + maxNewTokens / 2);
  if (bytes === null) throw new Error("Cannot copy what a token reads: it is not known");
  const from = new Uint8Array(Math.ceil(bytes / 2)).fill(1); // zeros may be one page, many times
  const to = new Uint8Array(from.length).fill(2);
  return {
    answer() {
      const endsMs = ids.map(() => {
        to.set(from);
        return nowMs();
      });
      return Promise.resolve({ ids: [...ids], endsMs });
    },
  };
}
