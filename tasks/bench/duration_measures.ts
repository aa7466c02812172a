import type { DurationMeasure } from "./duration.ts";
import { DRAWING_DURATIONS } from "./drawing_durations.ts";
import { ENERGY_DURATIONS } from "./energy_durations.ts";
import { FLEET_DURATIONS } from "./fleet_durations.ts";
import { STORE_DURATIONS } from "./store_durations.ts";
import { STRUCTURE_DURATIONS } from "./structure_durations.ts";

/** All durations, in the order of the table. */
export const DURATION_MEASURES: readonly DurationMeasure[] = [
  ...FLEET_DURATIONS,
  ...STORE_DURATIONS,
  ...STRUCTURE_DURATIONS,
  ...ENERGY_DURATIONS,
  ...DRAWING_DURATIONS,
];
