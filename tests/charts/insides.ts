/** Runs with an inside of every shape that the charts must bear; each adds up by construction. */
import type {
  ActivationStatistics,
  InsideCells,
  InsideOperation,
  InsidePart,
  ProfilingRun,
  RunInside,
} from "../../lib/record.ts";
import { activationsOf, deepOf, type Place, seeded } from "./inside_columns.ts";
import { sampleRun, type SampleRunOptions } from "../fixtures/run.ts";

export interface InsideShape extends SampleRunOptions {
  layers?: number;
  heads?: number;
  /** Experts of each layer but the first; 0 for none. */
  experts?: number;
  activations?: boolean;
  deep?: boolean;
  operations?: boolean;
  /** Whether power was measured. */
  energies?: boolean;
  /** Components that were amplified: resolved on their own. */
  amplified?: readonly string[];
  /** As a database gives it back: without columns by token. */
  stored?: boolean;
}

const ATTENTION: readonly (readonly [string, number])[] = [
  ["input_layernorm", 0.5],
  ["q_proj", 3],
  ["k_proj", 1.2],
  ["v_proj", 1.2],
  ["attention", 3.2],
  ["o_proj", 3],
  ["residual", 0.3],
  ["post_attention_layernorm", 0.5],
];
const MLP: typeof ATTENTION = [["gate_proj", 5], ["up_proj", 5], ["activation", 0.6], [
  "down_proj",
  5.2,
]];
const MOE: typeof ATTENTION = [["router", 0.4], ["experts", 15]];
const OUTSIDE: typeof ATTENTION = [
  ["embed_tokens", 0.4],
  ["mask_positions", 0.7],
  ["final_norm", 0.4],
  ["lm_head", 22],
  ["other", 0.2],
  ["framework", 9],
  ["sampling", 2.5],
  ["gaps", 5],
];

function placesOf(layers: number, experts: number): Place[] {
  const inLayer = (layer: number) =>
    [...ATTENTION, ...(experts > 0 && layer > 0 ? MOE : MLP)].map(([component, weight]) => ({
      layer,
      component,
      weight: weight * (1 + 0.25 * Math.sin(layer / Math.max(1, layers - 1) * 3)),
    }));
  return [
    ...Array.from({ length: layers }, (_, layer) => inLayer(layer)).flat(),
    ...OUTSIDE.map(([component, weight]) => ({ layer: null, component, weight })),
  ];
}

/** A sample run whose tokens were looked into; the same shape gives the same run. */
export function insideRun(shape: InsideShape = {}): ProfilingRun {
  const { layers = 6, heads = 4, experts = 0, energies = true, operations = false } = shape;
  const base = sampleRun(shape);
  const run = energies ? base : withoutEnergies(base);
  const places = placesOf(layers, experts);
  const random = seeded(11);
  const count = run.tokens.length;
  const cells: InsideCells = {
    places: places.map(({ layer, component }) => ({ layer, component })),
    tokens: count,
    durationMs: new Float64Array(count * places.length),
    energyMj: new Float64Array(count * places.length).fill(NaN),
    lowMj: new Float64Array(count * places.length).fill(NaN),
    highMj: new Float64Array(count * places.length).fill(NaN),
    activations: shape.activations ? activationsOf(places, count, random) : null,
  };
  run.tokens.forEach((token, t) => {
    const weights = places.map(({ weight, component }) =>
      weight * (0.9 + 0.2 * random()) * (component === "attention" ? 1 + t / count : 1)
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    weights.forEach((weight, p) => {
      const at = t * places.length + p;
      cells.durationMs[at] = (token.endMs - token.startMs) * weight / sum;
      if (token.energyMj === null) return;
      const mj = token.energyMj * weight / sum;
      [cells.energyMj[at], cells.lowMj[at], cells.highMj[at]] = [mj, mj * 0.6, mj * 1.5];
    });
  });
  const parts = partsOf(cells, run, (place) => [place], shape.amplified ?? []);
  const names = [...new Set(places.map(({ component }) => component))];
  const inside: RunInside = {
    depth: operations ? "operation" : "component",
    parts,
    components: partsOf(
      cells,
      run,
      ({ component }) => names.includes(component) ? [{ layer: null, component }] : [],
      shape.amplified ?? [],
    ),
    layers: partsOf(
      cells,
      run,
      ({ layer }) => layer === null ? [] : [{ layer, component: "layer" }],
      [],
    ),
    operations: operations ? parts.flatMap(operationsOf) : [],
    twins: [
      { phase: "prefill", timing: 1.04, activations: null, floorUs: 1.1, coverage: 0.99 },
      { phase: "decode", timing: 1.12, activations: null, floorUs: 1.4, coverage: 0.98 },
    ],
    unsureRanks: [],
    notes: [],
    cells: shape.stored ? null : cells,
    deep: shape.deep && !shape.stored ? deepOf(layers, heads, experts, count, random) : null,
  };
  return { ...run, inside };
}

function partsOf(
  cells: InsideCells,
  run: ProfilingRun,
  groupOf: (place: Place) => { layer: number | null; component: string }[],
  amplified: readonly string[],
): InsidePart[] {
  const parts = new Map<string, InsidePart>();
  run.tokens.forEach(({ phase }, t) =>
    cells.places.forEach((place, p) => {
      const at = t * cells.places.length + p;
      for (const { layer, component } of groupOf({ ...place, weight: 0 })) {
        const key = `${phase} ${layer} ${component}`;
        const known = !Number.isNaN(cells.energyMj[at]!);
        const isAmplified = known && amplified.includes(component);
        const part = parts.get(key) ?? {
          phase,
          layer,
          component,
          durationMs: 0,
          share: 0,
          energyMj: known ? 0 : null,
          lowMj: known ? 0 : null,
          highMj: known ? 0 : null,
          interval: known ? (isAmplified ? "ci95" : "hard") : null,
          method: known ? (isAmplified ? "amplified" : "shared") : null,
          resolved: isAmplified,
          activation: meanActivation(cells, phase, p),
          rawMj: null,
        };
        const mj = cells.energyMj[at]!;
        const [low, high] = isAmplified ? [0.95, 1.05] : [0.75, 1.3];
        part.durationMs += cells.durationMs[at]!;
        if (known) {
          part.energyMj! += mj;
          part.lowMj! += mj * low;
          part.highMj! += mj * high;
        }
        parts.set(key, part);
      }
    })
  );
  const phases = Map.groupBy(parts.values(), ({ phase }) => phase);
  for (const same of phases.values()) {
    const sum = same.reduce((ms, { durationMs }) => ms + durationMs, 0);
    for (const part of same) part.share = part.durationMs / sum;
  }
  return [...parts.values()];
}

function meanActivation(
  { activations, places, tokens }: InsideCells,
  phase: "prefill" | "decode",
  place: number,
): ActivationStatistics | null {
  if (activations === null) return null;
  const [from, to] = phase === "prefill" ? [0, 1] : [1, tokens];
  const of = (name: keyof ActivationStatistics) =>
    Array.from(
      { length: to - from },
      (_, t) => activations[name][(from + t) * places.length + place] ?? NaN,
    );
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const meanAbs = mean(of("meanAbs"));
  if (Number.isNaN(meanAbs)) return null;
  const [std, sparsity] = [mean(of("std")), mean(of("sparsity"))];
  return { meanAbs, std, maxAbs: Math.max(...of("maxAbs")), sparsity };
}

function operationsOf(part: InsidePart): InsideOperation[] {
  const { share: _, activation: _a, rawMj: _r, ...rest } = part;
  const half = (mj: number | null) => mj === null ? null : mj / 2;
  return ["MatMul", "Reshape"].map((opType) => ({
    ...rest,
    operation: `/model/layers.${part.layer}/${part.component}/${opType}`,
    opType,
    durationMs: part.durationMs / 2,
    energyMj: half(part.energyMj),
    lowMj: half(part.lowMj),
    highMj: half(part.highMj),
  }));
}

function withoutEnergies(run: ProfilingRun): ProfilingRun {
  const none = { energyMj: null, lowMj: null, highMj: null, interval: null, method: null };
  const unknown = {
    mj: null,
    lowMj: null,
    highMj: null,
    interval: null,
    method: null,
    resolved: false,
    byRail: {},
    net: null,
  };
  return {
    ...run,
    phases: run.phases.map((phase) => ({ ...phase, energy: unknown })),
    sections: run.sections.map((section) => ({ ...section, energy: unknown })),
    tokens: run.tokens.map((token) => ({ ...token, ...none, resolved: false })),
    groups: run.groups.map((group) => ({ ...group, energy: unknown })),
    totals: { ...run.totals, energyMj: null, lowMj: null, highMj: null, prefillMj: null },
  };
}
