import {
  attributeColumns,
  type EnergyColumns,
  type Reading,
  sharedEnergyAt,
  type SpanColumns,
  totalColumns,
} from "../../energy/mod.ts";
import type {
  ActivationStatistics,
  InsideCells,
  InsideOperation,
  InsidePart,
  PartEnergy,
} from "../../record.ts";
import type { InsidePhase, Operation } from "../layers/mod.ts";
import { type Grid, STATISTICS } from "./grid.ts";

/** The parts of each phase: phase × place as rows. */
export function partsOf(
  phases: readonly InsidePhase[],
  places: InsideCells["places"],
  byPhase: SpanColumns,
  reading: Reading,
  activations: InsideCells["activations"],
): InsidePart[] {
  const total = totalColumns(byPhase, reading);
  return phases.flatMap(({ phase }, of) => {
    const from = of * places.length;
    const phaseMs = byPhase.durationMs.subarray(from, from + places.length)
      .reduce((sum, ms) => sum + ms, 0);
    return places.map(({ layer, component }, place): InsidePart => {
      const durationMs = byPhase.durationMs[from + place] ?? 0;
      return {
        phase,
        layer,
        component,
        durationMs,
        share: phaseMs > 0 ? durationMs / phaseMs : 0,
        ...energyAt(byPhase, total, from + place, reading),
        activation: activations && meanActivation(activations, phase, places.length, place),
        rawMj: null,
      };
    });
  });
}

/** The operations of each phase; those of a component share what it took. */
export function operationsOf(
  phases: readonly InsidePhase[],
  operations: readonly Operation[],
  { places }: Grid,
  byPhase: SpanColumns,
  reading: Reading,
): InsideOperation[] {
  const inPlace = places.map(({ layer, component }) =>
    [...operations.keys()].filter((at) =>
      operations[at]!.place.layer === layer && operations[at]!.place.component === component
    )
  );
  return phases.flatMap(({ phase, operationMs }, of) =>
    inPlace.flatMap((members, place) => {
      if (members.length === 0) return [];
      const weights = Float64Array.from(members, (at) => operationMs[at] ?? 0);
      const own = attributeColumns(
        spanAt(byPhase, of * places.length + place),
        { parts: members.length, weights, restPart: 0 },
      );
      const total = totalColumns(own, reading);
      return members.map((at, part): InsideOperation => ({
        phase,
        ...places[place]!,
        operation: operations[at]!.name,
        opType: operations[at]!.opType,
        durationMs: own.durationMs[part] ?? 0,
        ...energyAt(own, total, part, reading),
      }));
    })
  );
}

function energyAt(
  columns: SpanColumns,
  total: EnergyColumns,
  at: number,
  reading: Reading,
): PartEnergy {
  const { mj, lowMj, highMj, interval, method, resolved } = sharedEnergyAt(
    columns,
    total,
    at,
    reading,
  );
  return { energyMj: mj, lowMj, highMj, interval, method, resolved };
}

function spanAt({ durationMs, rails }: SpanColumns, at: number): SpanColumns {
  const pick = (column: Float64Array) => column.slice(at, at + 1);
  return {
    durationMs: pick(durationMs),
    rails: new Map(
      Array.from(rails, ([rail, { mj, lowMj, highMj, bounds }]) => [
        rail,
        { mj: pick(mj), lowMj: pick(lowMj), highMj: pick(highMj), bounds },
      ]),
    ),
  };
}

function meanActivation(
  activations: NonNullable<InsideCells["activations"]>,
  phase: "prefill" | "decode",
  width: number,
  place: number,
): ActivationStatistics | null {
  const tokens = activations.meanAbs.length / width;
  const [from, to] = phase === "prefill" ? [0, 1] : [1, tokens];
  const statistics: ActivationStatistics = { meanAbs: 0, std: 0, maxAbs: 0, sparsity: 0 };
  let seen = 0;
  for (let token = from; token < to; token++) {
    const at = token * width + place;
    if (Number.isNaN(activations.meanAbs[at] ?? NaN)) continue;
    seen++;
    for (const name of STATISTICS) {
      const value = activations[name][at]!;
      statistics[name] = name === "maxAbs"
        ? Math.max(statistics.maxAbs, value)
        : statistics[name] + value;
    }
  }
  if (seen === 0) return null;
  for (const name of ["meanAbs", "std", "sparsity"] as const) statistics[name] /= seen;
  return statistics;
}
