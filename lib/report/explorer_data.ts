/**
 * What the page's scripts read: tokens, layers, and the values of both, as plain JSON.
 *
 * @module
 */
import { type CellValue, type HeatmapMetric, layerValues } from "../charts/mod.ts";
import { formatInterval, formatMj, formatMs } from "../quantities.ts";
import { shortened, visibleText } from "../safe_text.ts";
import type { ReportedRun } from "./reported_run.ts";
import { METRICS } from "./run_panels.ts";
import { howSure } from "./run_tables.ts";

/** A token of the answer. */
export interface ExplorerToken {
  /** Made visible; a text node, never markup. */
  text: string;
  /** Out of the prefill: it stands for the whole prompt, and does not stretch the colours of sums. */
  isPrefill: boolean;
  /** What is known of it, in words. */
  words: string;
  resolved: boolean;
}

/** A value of tokens and of layers in them. */
export interface ExplorerMetric {
  name: HeatmapMetric;
  label: string;
  unit: string;
  /** Whether layers add up to tokens, and tokens to the answer. */
  isSum: boolean;
  /** By token; `null` where it is not known. */
  tokens: (number | null)[];
  /** By layer, then by token; `null` where layers are not known. */
  cells: (number | null)[][] | null;
  /** The lower ends of the cells. */
  low: (number | null)[][] | null;
  /** The upper ends. */
  high: (number | null)[][] | null;
}

/** Everything that the explorer shows. */
export interface ExplorerData {
  tokens: ExplorerToken[];
  /** How many tokens the run has: more than are shown, if it is long. */
  tokenCount: number;
  /** Numbers of the layers, from the first one on. */
  layers: number[];
  /** What each layer takes per decoded token, in mJ: closer than its single cells; `null` if unknown. */
  layerEnergies: ({ mj: number; low: number; high: number; resolved: boolean } | null)[];
  metrics: ExplorerMetric[];
  /** How sure single cells are. */
  cellNote: string;
}

/** What the explorer tells the heat map. */
export interface ExplorerView {
  metric: HeatmapMetric;
  token: number | null;
  /** Place in `layers`. */
  layer: number | null;
}

/** More than this would make a page of many MB, which nobody could read token by token anyway. */
const MOST_TOKENS = 2000;
const MOST_CELLS = 100_000;
const LONGEST_TOKEN = 60;

/** The data of a run; `null` where it has no tokens. */
export function explorerData({ run, rows }: ReportedRun): ExplorerData | null {
  if (run.tokens.length === 0) return null;
  const columns = (value: CellValue) => run.inside === null ? null : layerValues(run, value, rows);
  const layers = columns("time")?.layers ?? [];
  const count = Math.min(
    run.tokens.length,
    MOST_TOKENS,
    Math.floor(MOST_CELLS / Math.max(1, layers.length)),
  );
  const tokens = run.tokens.slice(0, count);
  const cells = (value: CellValue): (number | null)[][] | null => {
    const found = columns(value);
    if (found === null) return null;
    return layers.map((layer) => {
      const row = found.layers.indexOf(layer);
      return tokens.map((_, token) =>
        row < 0 || token >= found.tokens ? null : rounded(found.values[row * found.tokens + token])
      );
    });
  };
  const perToken = (token: (typeof tokens)[number]) => {
    const group = run.groups[token.group];
    const mj = group?.energy.mj ?? null;
    return group === undefined || mj === null
      ? null
      : mj / (group.lastIndex - group.firstIndex + 1);
  };
  const metrics = Object.entries(METRICS).flatMap(([key, { label, unit }]): ExplorerMetric[] => {
    const name = key as HeatmapMetric;
    const own = cells(name);
    const isEnergy = name === "energy";
    const values = isEnergy
      ? tokens.map((token) => rounded(perToken(token)))
      : name === "time"
      ? tokens.map(({ startMs, endMs }) => rounded(endMs - startMs))
      : own === null
      ? null
      : tokens.map((_, at) => meanOf(own.map((row) => row[at] ?? null)));
    if (values === null || values.every((value) => value === null)) return [];
    return [{
      name,
      label,
      unit,
      isSum: isEnergy || name === "time",
      tokens: values,
      cells: own,
      low: isEnergy ? cells("energyLow") : null,
      high: isEnergy ? cells("energyHigh") : null,
    }];
  });
  return {
    tokens: tokens.map((token): ExplorerToken => {
      const group = run.groups[token.group];
      const text = visibleText(shortened(token.text, LONGEST_TOKEN));
      return {
        text: text === "" ? `⟨id ${token.id}⟩` : text.replaceAll("\n", "↵"),
        isPrefill: token.phase === "prefill",
        words: wordsOf(token, group, perToken(token)),
        resolved: group?.energy.resolved ?? false,
      };
    }),
    tokenCount: run.tokens.length,
    layers,
    layerEnergies: layers.map((layer) => layerEnergy(run, layer)),
    metrics,
    cellNote: cellNote(run),
  };
}

type Run = ReportedRun["run"];

function wordsOf(
  { startMs, endMs }: Run["tokens"][number],
  group: Run["groups"][number] | undefined,
  mj: number | null,
): string {
  const time = formatMs(endMs - startMs);
  if (group === undefined || mj === null) return `${time}, energy not measured`;
  const { firstIndex, lastIndex, energy } = group;
  const sure = `${formatInterval(energy)}, ${howSure(energy)}`;
  return firstIndex === lastIndex
    ? `${time}, ${sure}`
    : `${time}, ${formatMj(mj)} per token; tokens ${firstIndex}–${lastIndex} together ${sure}`;
}

function layerEnergy(
  { inside, totals }: Run,
  layer: number,
): ExplorerData["layerEnergies"][number] {
  const part = inside?.layers.find((one) => one.layer === layer && one.phase === "decode");
  const perToken = (mj: number | null | undefined) =>
    totals.decodedTokens === 0 ? null : rounded((mj ?? NaN) / totals.decodedTokens);
  const [mj, low, high] = [part?.energyMj, part?.lowMj, part?.highMj].map(perToken);
  return part === undefined || !isKnown(mj) || !isKnown(low) || !isKnown(high)
    ? null
    : { mj, low, high, resolved: part.resolved };
}

/** Cells of a token share its energy, whatever their components were amplified to. */
function cellNote({ totals, inside }: Run): string {
  if (totals.energyMj === null) return "energy not measured";
  const which = inside?.cells ? "" : " in the first repetition";
  return `limits; a share of its token's energy${which} by time, not resolved`;
}

function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

/** Four digits: finer than any meter, and half the bytes. */
function rounded(value: number | null | undefined): number | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  return Number(value.toPrecision(4));
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : rounded(known.reduce((a, b) => a + b, 0) / known.length);
}
