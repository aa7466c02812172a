import type { Evidence } from "./evidence.ts";
import type { CleanToken } from "./layers/mod.ts";

/** What of a token is not the forward pass, and not the copies around it. */
const AFTER_FORWARD = new Set(["sampling", "detokenize"]);

/** The tokens of one mean repetition: what the twin's shares are scaled to. */
export function cleanTokens(evidence: Evidence): CleanToken[] {
  const repetitions = evidence.complete(false).map((one) => evidence.tokensOf(one));
  const count = repetitions.reduce((least, { length }) => Math.min(least, length), Infinity);
  if (!Number.isFinite(count)) return [];
  const samplingMs = {
    prefill: meanAfterForward(evidence, "prefill"),
    decode: meanAfterForward(evidence, "decode"),
  };
  return Array.from({ length: count }, (_, index) => {
    const durationMs = repetitions.reduce(
      (sum, tokens) => sum + tokens[index]!.endMs - tokens[index]!.startMs,
      0,
    ) / repetitions.length;
    const phase = index === 0 ? "prefill" : "decode";
    return { durationMs, samplingMs: Math.min(durationMs, samplingMs[phase]) };
  });
}

function meanAfterForward(evidence: Evidence, phase: "prefill" | "decode"): number {
  const tokens = evidence.allTokens().filter((token) => token.phase === phase).length;
  const totalMs = evidence.sections
    .filter((section) => section.phase === phase && AFTER_FORWARD.has(section.name))
    .reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return tokens === 0 ? 0 : totalMs / tokens;
}
