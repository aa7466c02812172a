import type { ModelWork } from "../model_work.ts";

/** What a phase does: the causes of its energy. */
export interface PhaseWork {
  /** Floating-point operations. */
  flops: number;
  /** Bytes that are read. */
  bytes: number;
}

/** One decode step, in the middle of an answer. */
export function decodeWork(work: ModelWork, promptTokens: number, newTokens: number): PhaseWork {
  return at(work, promptTokens + Math.max(0, newTokens - 2) / 2);
}

/** The whole prefill: each token attends to those before it, weights are read once. */
export function prefillWork(work: ModelWork, promptTokens: number): PhaseWork {
  const { flops } = at(work, (promptTokens - 1) / 2);
  return { flops: flops * promptTokens, bytes: at(work, promptTokens).bytes };
}

function at(work: ModelWork, context: number): PhaseWork {
  return {
    flops: work.flops + work.flopsPerContextToken * context,
    bytes: work.bytes + work.bytesPerContextToken * context,
  };
}
