import type { Phase } from "../../record.ts";
import { type ChipShape, RIG_RAILS, type RigRail } from "./chips.ts";
import type { SeededRandom } from "./random.ts";

/** A part of how power wavers: relative to its level, around 0. */
interface Wave {
  share: number;
  periodMs: number;
  phase: number;
}

/** From when on what is done, and how many times its usual power that draws. */
interface Step {
  atMs: number;
  phase: Phase;
  factor: number;
}

/**
 * The true power of each rail over time: a level for each phase, wavering slowly and fast, as sums of
 * sines, so that the energy between any two times is known exactly and not as a sum of samples.
 */
export class PowerSchedule {
  readonly #levelsMw: ChipShape["levelsMw"];
  readonly #originMs: number;
  readonly #steps: Step[];
  readonly #waves: Readonly<Record<RigRail, readonly Wave[]>>;

  /** `worksOn: "gpu"` exchanges CPU and GPU, as a provider that works there would. */
  constructor(
    { levelsMw }: Pick<ChipShape, "levelsMw">,
    random: SeededRandom,
    { originMs, worksOn = "cpu" }: { originMs: number; worksOn?: "cpu" | "gpu" },
  ) {
    this.#levelsMw = worksOn === "cpu" ? levelsMw : onGpu(levelsMw);
    this.#originMs = originMs;
    this.#steps = [{ atMs: -Infinity, phase: "idle", factor: 1 }];
    this.#waves = { cpu: waves(random), gpu: waves(random), ane: waves(random) };
  }

  /** Goes over to another phase, or to a part of it that draws `factor` times its power. */
  enter(phase: Phase, atMs: number, factor = 1): void {
    const last = this.#steps.at(-1)!;
    if (phase === last.phase && factor === last.factor) return;
    // Never before the latest one began.
    this.#steps.push({ atMs: Math.max(atMs, last.atMs), phase, factor });
  }

  /** What is done at a time. */
  phaseAt(atMs: number): Phase {
    return this.#steps[this.#stepAt(atMs)]!.phase;
  }

  /** True power at a time, in mW. */
  powerMw(rail: RigRail, atMs: number): number {
    const sinceMs = atMs - this.#originMs;
    const { phase, factor } = this.#steps[this.#stepAt(atMs)]!;
    return this.#waves[rail].reduce(
      (sum, { share, periodMs, phase }) =>
        sum + share * Math.sin(2 * Math.PI * sinceMs / periodMs + phase),
      1,
    ) * this.#levelsMw[phase][rail] * factor;
  }

  /** True energy between two times, in mJ. */
  energyMj(rail: RigRail, startMs: number, endMs: number): number {
    let energyMj = 0;
    for (let at = this.#stepAt(startMs); at < this.#steps.length; at++) {
      const { atMs, phase, factor } = this.#steps[at]!;
      if (atMs >= endMs) break;
      const fromMs = Math.max(startMs, atMs);
      const toMs = Math.min(endMs, this.#steps[at + 1]?.atMs ?? Infinity);
      const levelMw = this.#levelsMw[phase][rail] * factor;
      if (toMs > fromMs && levelMw > 0) energyMj += levelMw * this.#factorMs(rail, fromMs, toMs);
    }
    return energyMj / 1000;
  }

  /** True energy of all rails between two times, in mJ. */
  totalMj(startMs: number, endMs: number): number {
    return RIG_RAILS.reduce((sum, rail) => sum + this.energyMj(rail, startMs, endMs), 0);
  }

  /** The integral of what power is multiplied by. */
  #factorMs(rail: RigRail, startMs: number, endMs: number): number {
    const from = startMs - this.#originMs;
    const to = endMs - this.#originMs;
    return this.#waves[rail].reduce((sum, { share, periodMs, phase }) => {
      const turn = 2 * Math.PI / periodMs;
      return sum - share / turn * (Math.cos(turn * to + phase) - Math.cos(turn * from + phase));
    }, to - from);
  }

  /** Index of the last step that is not after a time. */
  #stepAt(atMs: number): number {
    let low = 0;
    let high = this.#steps.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#steps[middle]!.atMs <= atMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Slow ones, as heat and a growing context make them, and ones of the size of a record and below. */
function waves(random: SeededRandom): Wave[] {
  const periodsMs: [number, number][] = [[15_000, 60_000], [2_000, 15_000], [300, 2_000], [
    20,
    300,
  ]];
  return periodsMs.map(([least, most]) => ({
    share: random.between(0.01, 0.06),
    // Even on a scale of ratios.
    periodMs: least * (most / least) ** random.next(),
    phase: random.between(0, 2 * Math.PI),
  }));
}

function onGpu(levelsMw: ChipShape["levelsMw"]): ChipShape["levelsMw"] {
  const { idle } = levelsMw;
  const swap = (phase: Phase) => {
    const { cpu, gpu, ane } = levelsMw[phase];
    return { cpu: idle.cpu + 20 * gpu, gpu: cpu, ane };
  };
  return {
    idle,
    pre_inference: levelsMw.pre_inference,
    prefill: swap("prefill"),
    decode: swap("decode"),
    post_inference: levelsMw.post_inference,
  };
}
