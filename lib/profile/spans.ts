import type { TokenRange } from "../energy/mod.ts";
import type { Phase, Span } from "../record.ts";
import type { RepeatedToken, Repetition } from "./messages.ts";

/** A phase of one repetition. */
export interface TimedPhase {
  phase: Phase;
  startMs: number;
  endMs: number;
}

/** The phases of one repetition: its tokens say where prefill and decode begin and end. */
export function phasesOf(
  repetition: Repetition,
  tokens: readonly RepeatedToken[],
): TimedPhase[] {
  const { startMs, endMs } = repetition;
  const first = tokens[0];
  const last = tokens.at(-1);
  if (!first || !last) return [{ phase: "pre_inference", startMs, endMs }];
  const phases: TimedPhase[] = [
    { phase: "pre_inference", startMs, endMs: first.startMs },
    { phase: "prefill", startMs: first.startMs, endMs: first.endMs },
    { phase: "decode", startMs: first.endMs, endMs: last.endMs },
    { phase: "post_inference", startMs: last.endMs, endMs },
  ];
  return phases.filter((phase) => phase.phase !== "decode" || tokens.length > 1);
}

/** How a group of tokens is named in the tree, the same in every repetition. */
export function groupName(range: TokenRange): string {
  return `${range.firstIndex}-${range.lastIndex}`;
}

/** The tree of a measured window: run, repetitions, phases, groups where there are several, tokens. */
export function runSpan(
  repetitions: readonly Repetition[],
  tokensOf: (repetition: Repetition) => readonly RepeatedToken[],
  groups: readonly TokenRange[],
): Span {
  const children = repetitions.map((repetition): Span => {
    const tokens = tokensOf(repetition);
    return {
      kind: "repetition",
      name: `${repetition.index}`,
      startMs: repetition.startMs,
      endMs: repetition.endMs,
      children: phasesOf(repetition, tokens).map(({ phase, startMs, endMs }) => ({
        kind: "phase",
        name: phase,
        startMs,
        endMs,
        children: phase === "decode" ? decodeSpans(tokens.slice(1), groups) : [],
      })),
    };
  });
  return {
    kind: "run",
    name: "run",
    startMs: repetitions[0]?.startMs ?? null,
    endMs: repetitions.at(-1)?.endMs ?? null,
    children,
  };
}

function decodeSpans(tokens: readonly RepeatedToken[], groups: readonly TokenRange[]): Span[] {
  if (groups.length < 2) return tokens.map(tokenSpan);
  return groups.flatMap((range): Span[] => {
    const inside = tokens.filter(({ index }) =>
      index >= range.firstIndex && index <= range.lastIndex
    );
    const first = inside[0];
    const last = inside.at(-1);
    if (!first || !last) return [];
    if (first === last) return [tokenSpan(first)];
    const { startMs } = first;
    const { endMs } = last;
    const name = groupName(range);
    return [{ kind: "section", name, startMs, endMs, children: inside.map(tokenSpan) }];
  });
}

function tokenSpan({ index, startMs, endMs }: RepeatedToken): Span {
  return { kind: "token", name: `${index}`, startMs, endMs, children: [] };
}
