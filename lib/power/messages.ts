import type { RawPowerBatch } from "../record.ts";
import type { PowerRecord, PowerSourceSpec, SamplingIntervalMs, StreamLoss } from "./source.ts";

/** What the monitor tells its thread. */
export type MonitorOrder =
  | { order: "start"; spec: PowerSourceSpec; intervalMs: SamplingIntervalMs }
  | { order: "stop" };

/** How sampling ended by itself. `remedy` is there where the person who runs it can do something. */
export interface SamplerDeath {
  message: string;
  remedy: string | null;
}

/** What the thread tells the monitor. */
export type MonitorNews =
  | { news: "spawned"; spawnMs: number }
  | { news: "record"; record: PowerRecord; arrivalMs: number; parseMs: number }
  | { news: "loss"; loss: StreamLoss }
  | { news: "raw"; batch: RawPowerBatch }
  | { news: "ended"; death: SamplerDeath | null };
