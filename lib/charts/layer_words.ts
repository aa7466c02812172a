import { kindNote } from "./caption.ts";
import { insideNotes, type InsideRun, twinNotes } from "./inside_notes.ts";
import type { Meaning } from "./layer_metrics.ts";
import type { HeatmapMetric, LayerValues } from "./layer_values.ts";

/** Layers by token, from the first token that is drawn. */
export type Shown = LayerValues & { firstToken: number };

/** What was measured, and of how much. */
export function subtitle(run: InsideRun, { layers, tokens }: Shown): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return `${run.power.label} · ${counted(layers.length, "layer")} × ${counted(tokens, "token")}`;
}

/** What a reader must know of the colours. */
export function caption(
  run: InsideRun,
  metric: HeatmapMetric,
  shown: Shown,
  hasBars: boolean,
): string[] {
  const notes: string[] = [];
  if (metric === "energy" || metric === "time") {
    notes.push(
      shown.firstToken > 0
        ? "Token 0, the prefill, is left out: it stands for the whole prompt."
        : "The only token is the prefill: it stands for the whole prompt.",
    );
    if (hasBars) notes.push("Bars are the layers' sums over the decode phase.");
    if (run.inside?.cells === null) notes.push("Tokens are those of the first repetition.");
    if (metric === "energy") return [...notes, ...insideNotes(run, run.inside?.layers ?? [])];
    return [...notes, ...kindNote(run.power), ...twinNotes(run)];
  }
  notes.push("Token 0 is the mean over the prompt's positions.");
  if (metric === "activation") notes.push("Means over the components that could be seen.");
  if (metric === "sparsity") {
    notes.push("The share of values near zero, over the components that could be seen.");
  }
  if (metric === "entropy") {
    notes.push(
      "Means over the heads: 0 looks at one position; it can grow with the text, to ln n.",
    );
  }
  return [...notes, "Taken in a twin run over the same tokens."];
}

function rowOf({ values, tokens }: Shown, row: number): number[] {
  return [...values.subarray(row * tokens, (row + 1) * tokens)].filter((v) => !Number.isNaN(v));
}

/** A layer over all its tokens. */
export function rowTooltip(shown: Shown, row: number, { format }: Meaning): string {
  const known = rowOf(shown, row);
  if (known.length === 0) return `layer ${shown.layers[row]}: not known`;
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const [least, most] = [
    known.reduce((a, b) => Math.min(a, b)),
    known.reduce((a, b) => Math.max(a, b)),
  ];
  return `layer ${shown.layers[row]}: mean ${format(mean)} per token, ${format(least)} to ${
    format(most)
  }`;
}

/** The figure for those who do not see it. */
export function altText(title: string, shown: Shown, { format }: Meaning): string {
  const means = shown.layers.map((layer, row) => {
    const known = rowOf(shown, row);
    return { layer, mean: known.reduce((a, b) => a + b, 0) / known.length };
  }).filter(({ mean }) => !Number.isNaN(mean)).sort((a, b) => a.mean - b.mean);
  const [least, most] = [means[0], means.at(-1)];
  const ends = least === undefined || most === undefined
    ? "nothing known"
    : `layer ${least.layer} has the least, ${format(least.mean)} per token, layer ${most.layer} ` +
      `the most, ${format(most.mean)}`;
  return `${title}: ${shown.layers.length} layers × ${shown.tokens} tokens; ${ends}`;
}
