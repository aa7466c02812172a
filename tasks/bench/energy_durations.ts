/**
 * Power × time, where much of it is to be dealt out: to single tokens, and to what lies below them.
 *
 * @module
 */
import {
  attributeColumns,
  attributeEnergy,
  columnsOf,
  deconvolve,
  type Ensemble,
  type PowerSample,
  type Span,
  type SpanColumns,
  type WeightColumns,
} from "@tokenwatt/tokenwatt";
import { type DurationMeasure, opened } from "./duration.ts";

const TOKENS = 1000;
const LAYERS = 32;
const COMPONENTS = 10;
const RECORDS = 1200;
const RECORD_MS = 100;
const READING = { totalRails: ["cpu", "gpu", "ane"] as const, clockBoundMs: 5 };

/** All of them, in the order of the table. */
export const ENERGY_DURATIONS: readonly DurationMeasure[] = [
  deconvolution(20),
  deconvolution(60),
  {
    name: "attribution",
    title: "`attributeEnergy()` to tokens, `attributeColumns()` below them",
    given: "1,000 tokens × 32 layers × 10 components, 3 rails, 1,200 records",
    budgetMs: 200,
    rounds: 20,
    weight: 0.3,
    open: () => {
      const [decode, samples, shares] = [decodePhase(), records(), sharesOfTokens()];
      return Promise.resolve(opened(() => void attributed(decode, samples, shares)));
    },
  },
];

function deconvolution(tokenMs: number): DurationMeasure {
  return {
    name: `deconvolve-${tokenMs}`,
    title: "`deconvolve()`",
    given: `500 tokens of ${tokenMs} ms × 30 repetitions, on the rig`,
    budgetMs: 2000,
    rounds: 8,
    async open() {
      const { FAMILIES } = await import("../accuracy/families.ts");
      const { generations } = await import("../accuracy/generations.ts");
      const { RIG_RAILS } = await import("../../lib/power/rig/mod.ts");
      const { repetitions, samples, boundMs } = generations({
        seed: 5,
        family: FAMILIES[1]!,
        tokenMs,
        shape: "spiky",
        tokens: 500,
        repetitions: 30,
      });
      const options = { totalRails: RIG_RAILS, clockBoundMs: boundMs, latchMs: [-5, 40] as const };
      return opened(() => deconvolve(repetitions, samples, options));
    },
  };
}

function attributed(decode: Span, samples: PowerSample[], shares: WeightColumns): SpanColumns {
  const tokens: Ensemble[] = [];
  attributeEnergy(decode, samples, {
    ...READING,
    onNode: (span, ensemble) => span.kind === "token" && tokens.push(ensemble),
  });
  return attributeColumns(columnsOf(tokens), shares);
}

/** Every token divides in its own way. */
function sharesOfTokens(): WeightColumns {
  const parts = LAYERS * COMPONENTS;
  const length = TOKENS * parts;
  return { parts, weights: Float64Array.from({ length }, (_, at) => 1 + Math.sin(at * 7919) / 2) };
}

/** A window that the records cover, with idle time at both ends. */
function decodePhase(): Span {
  const [startMs, endMs] = [10 * RECORD_MS, (RECORDS - 10) * RECORD_MS];
  const tokenMs = (endMs - startMs) / TOKENS;
  const children = Array.from({ length: TOKENS }, (_, index): Span => ({
    kind: "token",
    name: `${index}`,
    startMs: startMs + index * tokenMs,
    endMs: startMs + (index + 1) * tokenMs,
    children: [],
  }));
  return { kind: "phase", name: "decode", startMs, endMs, children };
}

function records(): PowerSample[] {
  return Array.from({ length: RECORDS }, (_, at) => ({
    startMs: at * RECORD_MS,
    endMs: (at + 1) * RECORD_MS,
    energyMj: { cpu: 800 + at % 17, gpu: 400 + at % 13, ane: at % 3 },
  }));
}
