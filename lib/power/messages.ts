import type { PlainError } from "../errors.ts";
import type { Phase, RawPowerBatch } from "../record.ts";
import type { PowerRecord, PowerSourceSpec, SamplingIntervalMs, StreamLoss } from "./source.ts";

/** What the monitor tells its thread. */
export type MonitorOrder =
  | { order: "start"; spec: PowerSourceSpec; intervalMs: SamplingIntervalMs }
  | { order: "hint"; phase: Phase; atMs: number }
  | { order: "stop" };

/** What the thread tells the monitor. */
export type MonitorNews =
  | { news: "spawned"; spawnMs: number }
  | { news: "record"; record: PowerRecord; arrivalMs: number; parseMs: number }
  | { news: "loss"; loss: StreamLoss }
  | { news: "raw"; batch: RawPowerBatch }
  /** `death` says why sampling ended, where nobody stopped it. */
  | { news: "ended"; death: PlainError | null };
