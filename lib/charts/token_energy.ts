/**
 * Energy on the words themselves.
 *
 * @module
 */
import { Figure } from "./figure.ts";
import { kindNote } from "./caption.ts";
import { checkedWidth } from "./width.ts";
import { formatMj, NOT_MEASURED, threeDigits } from "../quantities.ts";
import type { SourceKind } from "../record.ts";
import { shortened, visibleText } from "../safe_text.ts";
import { filteredGroups, filterNote, type TokenFilter } from "./token_filter.ts";
import { type GroupView, groupViews, type TokenEnergyRun } from "./token_views.ts";

export type { TokenEnergyRun } from "./token_views.ts";

/** How token energies are drawn. */
export interface TokenEnergyOptions extends TokenFilter {
  /** In px; 760 unless given. */
  width?: number;
  /** Instead of the usual title. */
  title?: string;
}

/**
 * Draws the generated text, each group of tokens in the colour of its mean energy per token, and
 * below it the same energies with their intervals.
 *
 * Groups are the smallest sets of neighbours whose energy is known together: no colour claims more.
 *
 * @throws {InputError} If the width is no width, the threshold no energy, or `top` no count.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 * import type { ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   await charts.tokenEnergy(run).save("tokens.html");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function tokenEnergy(run: TokenEnergyRun, options: TokenEnergyOptions = {}): Figure {
  const width = checkedWidth(options.width);
  const groups = filteredGroups(groupViews(run), options);
  const estimated = run.power.kind === "estimated" ? "Estimated energy" : "Energy";
  const title = options.title ?? `${estimated} per token`;
  return new Figure({
    title,
    subtitle: subtitle(run, groups),
    caption: caption(run, groups, options),
    alt: altText(title, run, groups),
    width,
    draw: async () => {
      const { drawTokens } = await import("./token_energy_plot.ts");
      return drawTokens(groups, { width, prompt: run.prompt, totals: run.totals });
    },
  });
}

function subtitle({ power, totals, tokens }: TokenEnergyRun, groups: readonly GroupView[]): string {
  const parts = [power.label, counted(tokens.length, "token")];
  if (groups.length < tokens.length) parts.push(`known in ${counted(groups.length, "group")}`);
  if (totals.joulesPerToken !== null) {
    parts.push(`${formatMj(totals.joulesPerToken * 1e3)} per decoded token`);
  }
  if (totals.tokensPerSecond !== null) {
    parts.push(`${threeDigits(totals.tokensPerSecond)} tokens/s`);
  }
  return parts.join(" · ");
}

function caption(
  run: TokenEnergyRun,
  groups: readonly GroupView[],
  filter: TokenFilter,
): string[] {
  const known = groups.filter((group) => group.mjPerToken !== null);
  const notes = kindNote(run.power);
  if (groups.length === 0) return [...notes, "The run has no tokens."];
  if (known.length === 0) return [...notes, `The energy of the tokens was ${NOT_MEASURED}.`];
  notes.push(...filterNote(groups, filter));
  if (groups.some((group) => group.lastIndex > group.firstIndex)) {
    notes.push(
      "Colour is the mean energy per token of a bracketed group: neighbours whose energy is known " +
        "together. Single tokens inside a group are not known.",
    );
  }
  const vague = known.filter((group) => !group.resolved).length;
  if (vague > 0) notes.push(`Hatched: ${vague} of ${counted(known.length, "group")} not resolved.`);
  const absent = groups.length - known.length;
  if (absent > 0) notes.push(`Dashed: ${absent} of ${groups.length} groups ${NOT_MEASURED}.`);
  const prefill = known.find((group) => group.phase === "prefill");
  if (prefill !== undefined) {
    notes.push(
      `Token 0 comes out of the prefill (${formatMj(prefill.mjPerToken)} for ` +
        `${counted(run.totals.promptTokens, "prompt token")}): outlined, not on the ramp.`,
    );
  }
  const methods = [...new Set(known.map((group) => group.method ?? "not known"))].join(", ");
  return [...notes, intervalNote(known, run.power.kind), `Method: ${methods}.`];
}

function intervalNote(groups: readonly GroupView[], source: SourceKind): string {
  const kinds = new Set(groups.map((group) => group.interval));
  const ends = kinds.has("ci95")
    ? kinds.has("hard") ? "95 % intervals, or hard limits" : "95 % intervals"
    : "hard limits";
  return source === "estimated"
    ? `Whiskers are ${ends} with the stated error of the curve.`
    : `Whiskers are ${ends}; the meter's own error is not in them.`;
}

function altText(title: string, run: TokenEnergyRun, groups: readonly GroupView[]): string {
  const text = visibleText(shortened(run.tokens.map((token) => token.text).join(""), 240));
  const decode = groups.filter((group) => group.phase === "decode" && group.mjPerToken !== null)
    .sort((a, b) => (a.mjPerToken ?? 0) - (b.mjPerToken ?? 0));
  const range = decode.length === 0
    ? `energy ${NOT_MEASURED}`
    : `${placed(decode[0])} the least, ${placed(decode.at(-1))} the most`;
  return `${title}: ${subtitle(run, groups)}; ${range}; text: ${text}`;
}

function placed(group: GroupView | undefined): string {
  if (group === undefined) return "";
  return `${formatMj(group.mjPerToken)} per token at ${group.firstIndex}–${group.lastIndex}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
