/**
 * Which groups of tokens a reader asked to see; the others stay, but fade.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { formatMj } from "../quantities.ts";
import type { GroupView } from "./token_views.ts";

/** What must hold for a group to be in colour. */
export interface TokenFilter {
  /** At least this energy per token, in mJ. */
  aboveMj?: number;
  /** One of so many groups with the most energy per token. */
  top?: number;
}

/**
 * Fades the decoded groups for which the filter does not hold; the prefill and what was not
 * measured stay as they are.
 *
 * @throws {InputError} If the threshold is no energy or the number no count.
 */
export function filteredGroups(
  groups: readonly GroupView[],
  { aboveMj, top }: TokenFilter,
): GroupView[] {
  if (aboveMj !== undefined && !(aboveMj >= 0 && aboveMj < Infinity)) {
    throw new InputError(`Cannot show the tokens above ${aboveMj} mJ`, {
      remedy: "use an energy per token of 0 mJ or more",
    });
  }
  if (top !== undefined && !(Number.isInteger(top) && top >= 1)) {
    throw new InputError(`Cannot show the top ${top} groups of tokens`, {
      remedy: "use a whole number from 1",
    });
  }
  const costly = comparable(groups).sort((a, b) => (b.mjPerToken ?? 0) - (a.mjPerToken ?? 0));
  const chosen = new Set(
    costly.slice(0, top).filter(({ mjPerToken }) => (mjPerToken ?? 0) >= (aboveMj ?? -Infinity)),
  );
  return groups.map((group) => ({
    ...group,
    faded: costly.includes(group) && !chosen.has(group),
  }));
}

/** What was left in colour, in a sentence; nothing without a filter. */
export function filterNote(groups: readonly GroupView[], { aboveMj, top }: TokenFilter): string[] {
  if (aboveMj === undefined && top === undefined) return [];
  const all = comparable(groups);
  const shown = all.filter(({ faded }) => !faded);
  const wanted = [
    ...top === undefined ? [] : [`among the ${top} that cost most per token`],
    ...aboveMj === undefined ? [] : [`from ${formatMj(aboveMj)} per token on`],
  ].join(" and ");
  const sure = shown.filter(({ lowMj }) => aboveMj !== undefined && (lowMj ?? 0) >= aboveMj).length;
  const surely = aboveMj === undefined ? "" : `; ${sure} of them with their whole interval`;
  return [`In colour: ${shown.length} of ${all.length} decoded groups, ${wanted}${surely}.`];
}

function comparable(groups: readonly GroupView[]): GroupView[] {
  return groups.filter(({ phase, mjPerToken }) => phase === "decode" && mjPerToken !== null);
}
