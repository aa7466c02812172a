import { planSteps, type RepeatedBlock } from "../../lib/energy/mod.ts";
import { alignRecords } from "../../lib/power/mod.ts";
import {
  playVirtually,
  type RigOverrides,
  SeededRandom,
  type VirtualRun,
} from "../../lib/power/rig/mod.ts";
import type { PowerSample } from "../../lib/record.ts";
import type { Family } from "./families.ts";

/** How the powers of an answer's tokens differ. */
export type PowerShape = "equal" | "flat" | "spiky";

/** All of them. */
export const POWER_SHAPES: readonly PowerShape[] = ["equal", "flat", "spiky"];

/** A token's place in time, in a repetition; the one of index 0 is the prefill. */
export interface PlayedToken {
  index: number;
  startMs: number;
  endMs: number;
}

/** One answer, generated again and again on the rig. */
export interface Generations {
  run: VirtualRun;
  samples: PowerSample[];
  boundMs: number;
  repetitions: PlayedToken[][];
  /** Each step many times in a row, there and back; none unless asked for. */
  swept: RepeatedBlock[];
}

/** What is to be generated. */
export interface GenerationOrder {
  seed: number;
  family: Family;
  tokenMs: number;
  shape: PowerShape;
  tokens?: number;
  repetitions?: number;
  /** Whether each step is repeated after that, as `--resolve tokens` does it. */
  areStepsRepeated?: boolean;
  worksOn?: "cpu" | "gpu";
  traits?: RigOverrides;
}

const IDLE_MS = 2000;
/** So many records of like work lie before, between and after the sweeps. */
const LEAD_RECORDS = 3.5;
/** No step of that length is repeated: the prefill is left to the plain run. */
const UNREPEATED_MS = 1e6;
const TOKENS = 40;
const REPETITIONS = 30;
/** Counters are read up to so much beside their delay, each time (issue 6). */
const MOST_JITTER_MS = 5;
/** What two runs of one step differ by, in parts of its time. */
const RESTLESS = 0.01;

/** Plays prefill and tokens, repeated, with like work on both sides of what is measured. */
export function generations(order: GenerationOrder): Generations {
  const { seed, family, tokenMs, shape, tokens = TOKENS, repetitions = REPETITIONS } = order;
  const random = new SeededRandom(seed * 2 + 1);
  const powers = tokenFactors(shape, tokens, random);
  const lengths = powers.map(() => tokenMs * random.between(0.9, 1.1));
  const prefillMs = random.between(50, 300);
  const leads = Math.ceil(2.5 * family.cadenceMs / (prefillMs + tokens * tokenMs));
  const phases: { phase: "idle" | "prefill" | "decode"; durationMs: number; factor?: number }[] = [
    { phase: "idle", durationMs: IDLE_MS },
  ];
  const played: PlayedToken[][] = [];
  let reachedMs = IDLE_MS;
  for (let repetition = -leads; repetition < repetitions + leads; repetition++) {
    const own = [prefillMs, ...lengths].map((lengthMs, index) => {
      const durationMs = lengthMs * random.between(1 - RESTLESS, 1 + RESTLESS);
      const factor = index === 0 ? 1 : powers[index - 1]!;
      phases.push({ phase: index === 0 ? "prefill" : "decode", durationMs, factor });
      return { index, startMs: reachedMs, endMs: reachedMs += durationMs };
    });
    if (repetition >= 0 && repetition < repetitions) played.push(own);
  }
  const step = (durationMs: number, token: number) => {
    phases.push({ phase: "decode", durationMs, factor: powers[token]! });
    return { startMs: reachedMs, endMs: reachedMs += durationMs };
  };
  const { blocks } = order.areStepsRepeated
    ? planSteps([UNREPEATED_MS, ...lengths], { cadenceMs: family.cadenceMs })
    : { blocks: [] };
  const swept = [blocks, blocks.toReversed()].flatMap((ordered, sweep) =>
    ordered.map(({ durationMs, ...block }, at): RepeatedBlock => {
      if (sweep === 0 && at === 0) step(LEAD_RECORDS * family.cadenceMs, 0);
      return { ...block, sweep, ...step(durationMs, block.firstIndex - 1) };
    })
  );
  if (blocks.length > 0) step(LEAD_RECORDS * family.cadenceMs, 0);
  phases.push({ phase: "idle", durationMs: Math.max(IDLE_MS, 4 * family.cadenceMs) });
  const run = playVirtually({
    seed,
    chip: random.pick(family.chips),
    intervalMs: family.intervalMs,
    worksOn: order.worksOn ?? random.pick(["cpu", "gpu"]),
    phases,
    traits: {
      session: family.session,
      latchJitterMs: random.between(0, MOST_JITTER_MS),
      ...order.traits,
    },
  });
  const { samples, boundMs } = alignRecords(run.records, run.arrivalsMs, {
    spawnMs: run.spawnMs,
    intervalMs: family.intervalMs,
  });
  const dated = <T extends { startMs: number; endMs: number }>(place: T): T => ({
    ...place,
    startMs: run.beganMs + place.startMs,
    endMs: run.beganMs + place.endMs,
  });
  return {
    run,
    samples,
    boundMs,
    repetitions: played.map((own) => own.map(dated)),
    swept: swept.map(dated),
  };
}

/** Twenty per cent around their mean as a rule; or a few that draw nearly three times what others do. */
export function tokenFactors(shape: PowerShape, tokens: number, random: SeededRandom): number[] {
  return Array.from({ length: tokens }, () => {
    if (shape === "equal") return 1;
    if (shape === "flat") return random.between(0.8, 1.2);
    return random.chance(0.15) ? 2.2 : 0.8;
  });
}

/** What a token truly cost, the mean of all repetitions, in mJ. */
export function trueTokenMj({ run, repetitions }: Generations, index: number): number {
  return repetitions.reduce((sum, own) => {
    const { startMs, endMs } = own[index]!;
    return sum + run.schedule.totalMj(startMs, endMs);
  }, 0) / repetitions.length;
}
