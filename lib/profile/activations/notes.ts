import type { ActivationColumns } from "./columns.ts";
import type { DeepColumns } from "../../record.ts";

/** What statistics lack and what is odd about them, one line each; places are gathered. */
export function activationNotes(
  { sites, tokens, nonFinite }: ActivationColumns,
  deep: DeepColumns | null,
): string[] {
  const reasons = new Map<string, number[]>();
  const miss = (what: string, reason: string | null, layer: number | null) => {
    if (reason === null) return;
    const text = `${what} not available: ${reason}`;
    reasons.set(text, [...reasons.get(text) ?? [], ...(layer === null ? [] : [layer])]);
  };
  for (const { layer, component, reason } of sites) {
    miss(`Activations of ${component} are`, reason, layer);
  }
  for (const tap of deep?.attention ?? []) miss("Attention weights are", tap.reason, tap.layer);
  for (const tap of deep?.gates ?? []) miss("The MLP's kill ratio is", tap.reason, tap.layer);
  for (const tap of deep?.norms ?? []) {
    miss(`The variance ratio of ${tap.component} is`, tap.reason, tap.layer);
  }
  for (const tap of deep?.routing ?? []) miss("The choice of experts is", tap.reason, tap.layer);

  const notes = [...reasons].map(([text, layers]) =>
    layers.length === 0 ? text : `${text} (${inLayers(layers)})`
  );
  for (const [i, { layer, component }] of sites.entries()) {
    let count = 0;
    for (let token = 0; token < tokens; token++) count += nonFinite[token * sites.length + i] || 0;
    if (count === 0) continue;
    const where = layer === null ? component : `layer ${layer}'s ${component}`;
    notes.push(`Of what ${where} put out, ${count} values are NaN or infinite and are left out`);
  }
  return notes;
}

function inLayers(layers: readonly number[]): string {
  const first = Math.min(...layers);
  const last = Math.max(...layers);
  if (first === last) return `layer ${first}`;
  const isWhole = new Set(layers).size === last - first + 1;
  return isWhole ? `layers ${first} to ${last}` : `layers ${[...new Set(layers)].join(", ")}`;
}
