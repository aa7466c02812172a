/**
 * The virtual rig: a powermetrics whose truth is known, on a virtual clock and on the real one.
 *
 * @module
 */
export type { Cadence, RigSession } from "./cadences.ts";
export { RIG_CHIP_NAMES, RIG_CHIPS, RIG_RAILS, type RigChip, type RigRail } from "./chips.ts";
export { LiveRig, type RigOptions } from "./live.ts";
export { SeededRandom } from "./random.ts";
export { type RecordContent, recordXml } from "./record_xml.ts";
export type { PowerSchedule } from "./schedule.ts";
export { RigSource } from "./source.ts";
export type { StandInOrder, StandInTruth } from "./stand_in.ts";
export type { RigOverrides, RigTraits } from "./traits.ts";
export { playVirtually, type VirtualRun, type VirtualRunOptions } from "./virtual.ts";
