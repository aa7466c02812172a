/**
 * Tokens as they are read: in groups whose energy is known together, with harmless text.
 *
 * @module
 */
import type { Energy, ProfilingRun, TokenEnergy } from "../record.ts";
import { formatInterval, formatMj, formatMs, NOT_MEASURED } from "../quantities.ts";
import { shortened, visibleText } from "../safe_text.ts";

/** What the chart of token energies shows of a run. */
export type TokenEnergyRun = Pick<
  ProfilingRun,
  "tokens" | "groups" | "power" | "totals" | "prompt"
>;

/** A token as it is drawn. `text` is visible but not escaped; line feeds stay. */
export interface TokenPiece {
  text: string;
  /** Not a part of the text: an end mark, or a token that has no text of its own. */
  special: boolean;
  tooltip: string;
}

/** Neighbouring tokens and what is known of them together. */
export interface GroupView {
  firstIndex: number;
  lastIndex: number;
  phase: "prefill" | "decode";
  /** `null` where nothing was measured; the ends are `null` with it. */
  mjPerToken: number | null;
  lowMj: number | null;
  highMj: number | null;
  interval: Energy["interval"];
  method: Energy["method"];
  resolved: boolean;
  /** Not among those that the reader asked for. */
  faded: boolean;
  tooltip: string;
  pieces: TokenPiece[];
}

/** Longer tokens exist only in hostile input. */
const MAX_TOKEN_LENGTH = 200;

/** The groups in the order of the text; a token of no known group stands alone, not measured. */
export function groupViews(run: TokenEnergyRun): GroupView[] {
  const tokens = [...run.tokens].sort((a, b) => a.index - b.index);
  const runs: TokenEnergy[][] = [];
  for (const token of tokens) {
    const last = runs.at(-1);
    const same = last?.[0]?.group === token.group && run.groups[token.group] !== undefined;
    if (same) last?.push(token);
    else runs.push([token]);
  }
  return runs.map((members) => view(members, run));
}

function view(members: readonly TokenEnergy[], run: TokenEnergyRun): GroupView {
  const first = members[0];
  const last = members.at(-1);
  if (first === undefined || last === undefined) throw new Error("Cannot view a group of no token");
  const energy = run.groups[first.group]?.energy;
  const size = members.length;
  const perToken = (mj: number | null | undefined) =>
    mj === null || mj === undefined ? null : mj / size;
  const mjPerToken = perToken(energy?.mj);
  const group: Omit<GroupView, "pieces" | "tooltip"> = {
    firstIndex: first.index,
    lastIndex: last.index,
    phase: first.phase,
    mjPerToken,
    lowMj: mjPerToken === null ? null : perToken(energy?.lowMj),
    highMj: mjPerToken === null ? null : perToken(energy?.highMj),
    interval: energy?.interval ?? null,
    method: energy?.method ?? null,
    resolved: energy?.resolved ?? false,
    faded: false,
  };
  const tooltip = groupTooltip(group, energy);
  return { ...group, tooltip, pieces: members.map((token) => piece(token, tooltip, size)) };
}

function groupTooltip(
  group: Omit<GroupView, "pieces" | "tooltip">,
  energy: Energy | undefined,
): string {
  const { firstIndex, lastIndex, phase, mjPerToken, interval, method, resolved } = group;
  const name = firstIndex === lastIndex
    ? `token ${firstIndex}`
    : `tokens ${firstIndex}–${lastIndex}`;
  if (energy === undefined || mjPerToken === null) return `${name} (${phase}): ${NOT_MEASURED}`;
  const certainty = interval === "ci95" ? ", 95 %" : interval === "hard" ? ", hard limits" : "";
  return [
    `${name} (${phase}) together: ${formatInterval(energy)}${certainty}`,
    `${formatMj(mjPerToken)} per token, ${method ?? "method not known"}` +
    (resolved ? "" : ", not resolved"),
  ].join("\n");
}

function piece(token: TokenEnergy, tooltip: string, size: number): TokenPiece {
  const text = visibleText(shortened(token.text, MAX_TOKEN_LENGTH));
  const empty = text === "";
  const own = `token ${token.index}, id ${token.id}, ${formatMs(token.endMs - token.startMs)} ` +
    `at ${formatMs(token.startMs)}`;
  return {
    text: empty ? `⟨id ${token.id}⟩` : text.replaceAll("\n", "↵\n"),
    special: empty || /^<[^<>\s]{1,40}>$/.test(text),
    tooltip: size === 1 ? `${tooltip}\n${own}` : `${own}\n${tooltip}`,
  };
}
