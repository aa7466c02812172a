import type { RunRecord } from "../analysis/mod.ts";
import { energyOver } from "../energy/mod.ts";
import { InputError } from "../errors.ts";
import { alignRecords, type RigChip } from "../power/mod.ts";
import {
  playVirtually,
  RIG_CHIPS,
  RIG_RAILS,
  SeededRandom,
  type VirtualRunOptions,
} from "../power/rig/mod.ts";
import type { Energy, RunTotals } from "../record.ts";
import type { Laboratory } from "./conduct.ts";
import { type Cell, keyOf, seedOf } from "./order.ts";
import type { ExperimentPlan } from "./plan.ts";

/** A machine on which an experiment is played in no time, its truth known. */
export interface Simulation {
  /** True cost of each arm, as a multiple of one that is not named; it takes as much more time. */
  costs?: Readonly<Record<string, number>>;
  /** Relative standard deviation of processes of one arm. Default 0.01. */
  between?: number;
  /** The same of what is alike in all processes of a round, and what pairing takes away. Default 0.01. */
  round?: number;
  /** What the rig plays. Default `m4max`. */
  chip?: RigChip;
}

const TOKENS = 65;
const [IDLE_MS, DECODE_MS, TAIL_MS] = [1000, 3000, 600];
/** What is not known of the latch of a machine without calibration; design, 5.3. */
const LATCH_MS = [-5, 40] as const;

/** The laboratory of the virtual rig: the same seed gives the same runs, bit for bit. */
export function simulatedLaboratory(plan: ExperimentPlan, simulation: Simulation): Laboratory {
  check(plan, simulation);
  return {
    found: () => new Map(),
    admit: () => Promise.resolve(),
    rest: () => Promise.resolve(),
    run: (cell) => Promise.resolve(simulateProcess(plan, cell, simulation)),
  };
}

function simulateProcess(plan: ExperimentPlan, cell: Cell, simulation: Simulation): RunRecord[] {
  const { costs = {}, between = 0.01, round = 0.01, chip = "m4max" } = simulation;
  const seed = seedOf(cell, plan.seed);
  const random = new SeededRandom(seed);
  // What drifts from round to round weighs on all arms of a round alike.
  const drift = new SeededRandom(seedOf({ ...cell, arm: "" }, plan.seed)).normal();
  const named = cell.arm === plan.nullArm ? plan.baseline : cell.arm;
  const cost = (costs[named] ?? 1) * Math.exp(between * random.normal() + round * drift);
  const arm = plan.arms.find(({ name }) => name === cell.arm)!;
  return arm.prompts.map((_, at): RunRecord => {
    const phases: VirtualRunOptions["phases"] = [
      { phase: "idle", durationMs: IDLE_MS },
      { phase: "decode", durationMs: DECODE_MS * cost },
      { phase: "idle", durationMs: TAIL_MS },
    ];
    return virtualRun(`${keyOf(cell)} ${at}`, seedOf({ ...cell, round: at }, seed), chip, phases, {
      pid: 1 + plan.arms.indexOf(arm) + plan.arms.length * cell.round,
    });
  });
}

function virtualRun(
  runId: string,
  seed: number,
  chip: RigChip,
  phases: VirtualRunOptions["phases"],
  { pid }: { pid: number },
): RunRecord {
  const played = playVirtually({ seed, chip, phases });
  const { samples, boundMs } = alignRecords(played.records, played.arrivalsMs, {
    spawnMs: played.spawnMs,
    intervalMs: 100,
  });
  const { durationMs } = phases[1]!;
  const startMs = played.beganMs + IDLE_MS;
  const energy = energyOver(samples, startMs, startMs + durationMs, {
    totalRails: RIG_RAILS,
    clockBoundMs: boundMs,
    latchMs: LATCH_MS,
    seed,
  });
  return {
    runId,
    status: "complete",
    model: MODEL,
    prompt: "",
    power: {
      source: `rig:${chip}`,
      kind: "simulated",
      label: `simulated ${RIG_CHIPS[chip].label}`,
      rails: [...RIG_RAILS],
      totalRails: [...RIG_RAILS],
      intervalMs: 100,
      boundMs,
      observerMw: null,
    },
    findings: [],
    totals: totalsOf(energy, durationMs),
    phases: [{ phase: "decode", startMs: 0, endMs: durationMs, durationMs, energy }],
    startedAtMs: startMs,
    host: { hostname: "rig", chip: RIG_CHIPS[chip].label, pid, processStartedAtMs: 0 },
  };
}

const MODEL: RunRecord["model"] = {
  name: "simulated",
  path: "",
  family: "none",
  numLayers: 1,
  parameters: 1,
  precision: "fp32",
  contextLength: null,
};

/** One piece of work stands for whatever is compared: the decoded tokens, or those of the prompt. */
function totalsOf({ mj, lowMj, highMj }: Energy, durationMs: number): RunTotals {
  const steps = TOKENS - 1;
  return {
    durationMs,
    energyMj: mj,
    lowMj,
    highMj,
    baselineMw: null,
    peakMw: null,
    meanMw: mj === null ? null : mj / durationMs * 1000,
    promptTokens: steps,
    generatedTokens: TOKENS,
    decodedTokens: steps,
    ttftMs: durationMs,
    tokensPerSecond: steps / durationMs * 1000,
    joulesPerToken: mj === null ? null : mj / 1000 / steps,
    joulesPerPromptToken: mj === null ? null : mj / 1000 / steps,
    prefillMj: null,
    decodeMj: mj,
    loadMj: null,
  };
}

function check(plan: ExperimentPlan, { costs = {}, between = 0, round = 0 }: Simulation): void {
  const refuse = (found: string, remedy: string) => {
    throw new InputError(`Cannot simulate "${plan.name}" ${found}`, { remedy });
  };
  for (const [arm, cost] of Object.entries(costs)) {
    if (!plan.arms.some(({ name }) => name === arm)) {
      refuse(
        `with a cost of "${arm}"`,
        `name one of ${plan.arms.map(({ name }) => name).join(", ")}`,
      );
    }
    if (!(cost > 0 && cost <= 100)) refuse(`with a cost of ${cost}`, "pass a number up to 100");
  }
  if (!(between >= 0 && round >= 0 && between + round < 1)) {
    refuse(`with deviations of ${between} and ${round}`, "pass shares, such as 0.01");
  }
}
