import type { PowerSample } from "../record.ts";
import { measuredRails } from "./rails.ts";
import { railRecords, wholeRecords } from "./records.ts";
import { RESOLVING_RECORDS } from "./resolved.ts";

/** Neighbouring tokens, first and last index inclusive. */
export interface TokenRange {
  /** Index of its first token. */
  firstIndex: number;
  /** Index of its last token. */
  lastIndex: number;
}

/** A token's place in time. */
export interface TimedToken {
  /** Its place in the answer; 0 comes out of the prefill. */
  index: number;
  /** Start, on the clock of the samples. */
  startMs: number;
  /** End. */
  endMs: number;
}

/**
 * Merges neighbouring tokens into the smallest groups that hold three whole records in every
 * repetition, so that no group's energy is guessed from a record that it shares with another.
 *
 * @param repetitions the same tokens, as each repetition timed them
 * @returns ranges that cover all tokens; one range where even all of them are too short
 */
export function groupTokens(
  repetitions: readonly (readonly TimedToken[])[],
  samples: readonly PowerSample[],
): TokenRange[] {
  const shortest = repetitions.reduce(
    (least, tokens) => tokens.length < least.length ? tokens : least,
    repetitions[0] ?? [],
  );
  const rail = measuredRails(samples)[0];
  const first = shortest[0];
  const last = shortest.at(-1);
  if (!rail || !first || !last) return [];
  const records = railRecords(samples, rail);
  const positions = repetitions.map((tokens) =>
    new Map(tokens.map((token) => [token.index, token]))
  );
  const isLongEnough = (firstIndex: number, lastIndex: number) =>
    positions.every((tokens) => {
      const startMs = tokens.get(firstIndex)?.startMs ?? 0;
      const endMs = tokens.get(lastIndex)?.endMs ?? 0;
      return wholeRecords(records, startMs, endMs) >= RESOLVING_RECORDS;
    });
  const groups: TokenRange[] = [];
  let firstIndex = first.index;
  for (const { index } of shortest) {
    if (!isLongEnough(firstIndex, index)) continue;
    groups.push({ firstIndex, lastIndex: index });
    firstIndex = index + 1;
  }
  const rest = groups.at(-1);
  if (!rest) return [{ firstIndex: first.index, lastIndex: last.index }];
  rest.lastIndex = last.index;
  return groups;
}

/**
 * Merges each group that is not supported with its shorter neighbour, until all are or one is left.
 *
 * @param isSupported whether the records resolve the energy of a range
 */
export function mergeUnsupported(
  groups: readonly TokenRange[],
  isSupported: (range: TokenRange) => boolean,
): TokenRange[] {
  const merged = groups.map((range) => ({ ...range }));
  const sizeOf = (range: TokenRange | undefined) =>
    range ? range.lastIndex - range.firstIndex : Infinity;
  while (merged.length > 1) {
    const at = merged.findIndex((range) => !isSupported(range));
    if (at < 0) break;
    const into = sizeOf(merged[at - 1]) <= sizeOf(merged[at + 1]) ? at - 1 : at;
    const [left, right] = merged.slice(into, into + 2);
    if (!left || !right) break;
    merged.splice(into, 2, { firstIndex: left.firstIndex, lastIndex: right.lastIndex });
  }
  return merged;
}
