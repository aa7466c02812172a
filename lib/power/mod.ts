/**
 * What the machine draws: power sources, the monitor on its own thread, alignment and self-check.
 *
 * @module
 */
export { type AlignableRecord, type Alignment, type AlignOptions, alignRecords } from "./align.ts";
export { calibrate, type CalibrateOptions, type Calibration } from "./calibration.ts";
export { calibrationPath, loadCalibration, saveCalibration } from "./calibration_file.ts";
export { fitLatch, type LatchDelay, type Pulse } from "./calibration_fit.ts";
export { type CheckOptions, checkSampling } from "./check.ts";
export {
  checkPowerConditions,
  parsePmset,
  type PowerConditions,
  readPowerConditions,
} from "./conditions.ts";
export { checkForeignLoad, type CpuTimes, readCpuTimes } from "./foreign_load.ts";
export {
  type DetectedPowerSource,
  detectPowerSource,
  type PowerSourceStatus,
  powerStatus,
  type RejectedPowerSource,
} from "./detect.ts";
export { estimateEnergyMj, type EstimateOptions } from "./estimate.ts";
export { meanFrequencyMhz } from "./kept_frequency.ts";
export { type KeptPower, readRawPower } from "./kept_stream.ts";
export { PowerMonitor, type PowerMonitorOptions } from "./monitor.ts";
export {
  POWERMETRICS_RECORDS,
  POWERMETRICS_SAMPLERS,
  powermetricsCommand,
  type PowermetricsSamplers,
} from "./powermetrics/command.ts";
export {
  type ClusterResidency,
  type CpuResidency,
  type FrequencyState,
  type GpuResidency,
  parsePowermetrics,
  type PowermetricsRecord,
  type Residency,
} from "./powermetrics/parse.ts";
export { readPowermetrics } from "./powermetrics/read.ts";
export { refuseRails } from "./refuse.ts";
export { type RederivedPower, rederivePower } from "./rederive.ts";
export type { NvidiaOptions } from "./nvidia/source.ts";
export type { RaplOptions } from "./rapl/source.ts";
export { type PowerRecording, powerRecordingJson } from "./replay/recording.ts";
export type { ReplayOptions } from "./replay/source.ts";
export type { MonitorLoss } from "./recording.ts";
export type { Reading } from "./readings.ts";
export {
  type PowerRecord,
  type PowerSourceSpec,
  SAMPLING_INTERVALS_MS,
  type SamplingIntervalMs,
  type StreamLoss,
} from "./source.ts";
export type { RigChip, RigRail } from "./rig/chips.ts";
export type { Cadence, RigSession } from "./rig/cadences.ts";
export type { RigOptions } from "./rig/live.ts";
export type { PowerSchedule } from "./rig/schedule.ts";
export type { RigOverrides, RigTraits } from "./rig/traits.ts";
export { playVirtually, type VirtualRun, type VirtualRunOptions } from "./rig/virtual.ts";
export { combine, SOURCE_NAMES, sourceSpec } from "./sources.ts";
