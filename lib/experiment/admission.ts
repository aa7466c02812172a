import { nowMs, pause } from "../clock.ts";
import {
  checkForeignLoad,
  PowerMonitor,
  type PowerSourceSpec,
  readCpuTimes,
} from "../power/mod.ts";
import type { Finding } from "../record.ts";

/** When a round may begin. */
export interface AdmissionOptions {
  /** How much more than the least idle power that was seen still counts as idle. Default 0.1. */
  tolerance?: number;
  /** How long a round waits for the machine to become idle. Default 60. */
  waitSeconds?: number;
}

/** What a look at the machine shows. */
export interface Look {
  /** Idle power; `null` where the source measures nothing but this process. */
  powerMw: number | null;
  /** What other programs do; empty where that is nothing to speak of. */
  load: Finding[];
}

/** How long one look takes. */
const LOOK_MS = 1500;

/**
 * Lets a round begin once no other program works and idle power is back where it was: what runs on a
 * machine that is still busy, or still hot, measures that as well.
 */
export class Admission {
  readonly #options: Required<AdmissionOptions>;
  readonly #look: (signal?: AbortSignal) => Promise<Look>;
  readonly #restless: Finding[] = [];
  #leastMw = Infinity;
  #rounds = 0;

  /** `look` is how the machine is looked at. */
  constructor(
    look: (signal?: AbortSignal) => Promise<Look>,
    { tolerance = 0.1, waitSeconds = 60 }: AdmissionOptions = {},
  ) {
    this.#look = look;
    this.#options = { tolerance, waitSeconds };
  }

  /** Waits until the machine is idle; after the limit it lets the round begin, and remembers that. */
  async admit(tell: (doing: string) => void, signal?: AbortSignal): Promise<void> {
    this.#rounds++;
    const startMs = nowMs();
    for (;;) {
      tell("looks whether the machine is idle");
      const look = await this.#look(signal);
      const restless = this.#judge(look);
      if (restless === null || signal?.aborted) return;
      const leftS = this.#options.waitSeconds - (nowMs() - startMs) / 1000;
      if (leftS <= 0) {
        this.#restless.push(restless);
        return;
      }
      tell(`waits up to ${Math.ceil(leftS)} s more: ${restless.message}`);
      await pause(Math.min(1000, leftS * 1000), signal);
    }
  }

  /** One for each way in which rounds began before the machine was idle. */
  findings(): Finding[] {
    return [...Map.groupBy(this.#restless, ({ kind }) => kind).values()].map((all) => {
      const worst = all.toSorted((a, b) => b.value - a.value)[0]!;
      const rounds = `${all.length} of ${this.#rounds} rounds began before the machine was idle`;
      return { ...worst, message: `${rounds}; at worst: ${worst.message}` };
    });
  }

  #judge({ powerMw, load }: Look): Finding | null {
    const [busy] = load;
    if (powerMw !== null) this.#leastMw = Math.min(this.#leastMw, powerMw);
    if (busy) return busy;
    const excess = powerMw === null ? 0 : powerMw / this.#leastMw - 1;
    if (!(excess > this.#options.tolerance)) return null;
    return {
      kind: "baseline-drift",
      severity: "warning",
      value: 100 * excess,
      unit: "%",
      message: `idle power is ${(100 * excess).toFixed(0)} % above the least that was seen`,
      remedy: "let the machine cool down, or pass a longer cooldown",
    };
  }
}

/** A look at this machine through a power source. */
export async function lookAround(source: PowerSourceSpec, signal?: AbortSignal): Promise<Look> {
  await using monitor = new PowerMonitor({ source });
  await monitor.start();
  const before = readCpuTimes();
  const startMs = nowMs();
  await pause(LOOK_MS, signal);
  const after = readCpuTimes();
  await monitor.stop();
  const samples = monitor.samples(startMs);
  const load = checkForeignLoad(before, after, samples, monitor.intervalMs);
  // An estimate is of this process, and a simulation of none.
  if (monitor.info.kind !== "measured") return { powerMw: null, load };
  let [mj, ms] = [0, 0];
  for (const { startMs, endMs, energyMj } of samples) {
    for (const rail of monitor.info.totalRails) mj += energyMj[rail] ?? 0;
    ms += endMs - startMs;
  }
  return { powerMw: ms === 0 ? null : mj / ms * 1000, load };
}
