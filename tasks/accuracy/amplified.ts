import {
  attributeEnergy,
  type Ensemble,
  fitToWhole,
  type Loop,
  scatterOf,
  workEnergy,
} from "../../lib/energy/mod.ts";
import { alignRecords } from "../../lib/power/mod.ts";
import { playVirtually, RIG_RAILS, SeededRandom } from "../../lib/power/rig/mod.ts";
import type { Span } from "../../lib/record.ts";
import type { Family } from "./families.ts";
import { judged, type Trial } from "./trial.ts";

const COMPONENTS = 6;
const SWEEPS = 4;
const IDLE_MS = 2000;
const LEAD_RECORDS = 3.5;
const MOST_JITTER_MS = 5;
const RAIL_PRIOR_MS = [-5, 40] as const;
/** So many records do a loop with work, and one without, span in each sweep. */
const RECORDS = { work: 4.2, empty: 2.2 } as const;
/** The whole spans so many records, and draws up to so much more or less than its loops say. */
const WHOLE_RECORDS = 12;
const MOST_OFF = 0.1;

type Kind = keyof typeof RECORDS;

/** Played loops, in the order of their sweeps. */
interface Block {
  component: number;
  kind: Kind;
  startMs: number;
  endMs: number;
}

/**
 * Components by amplification: the arithmetic alone. A loop on the rig draws what its component
 * draws in the model, which on a machine nobody can promise; `--amplify` prints what says so.
 */
export function amplifiedTrials(seed: number, family: Family): Trial[] {
  const random = new SeededRandom(seed * 2 + 2_000_003);
  const components = Array.from({ length: COMPONENTS }, () => ({
    work: { factor: random.between(0.6, 1.6), roundMs: random.between(0.2, 2) },
    empty: { factor: random.between(0.2, 0.4), roundMs: random.between(0.02, 0.07) },
  }));
  const phases: { phase: "idle" | "decode"; durationMs: number; factor?: number }[] = [
    { phase: "idle", durationMs: IDLE_MS },
  ];
  let reachedMs = IDLE_MS;
  const play = (durationMs: number, factor = 1) => {
    phases.push({ phase: "decode", durationMs, factor });
    return { startMs: reachedMs, endMs: reachedMs += durationMs };
  };
  const ownMs = components.map(({ work, empty }) => work.roundMs - empty.roundMs);
  // What each truly adds to a round of the whole, in parts of the level of the phase.
  const owned = components.map(({ work, empty }) =>
    work.factor * work.roundMs - empty.factor * empty.roundMs
  );
  const [roundMs, drawn] = [ownMs, owned].map((all) => all.reduce((sum, one) => sum + one, 0)) as [
    number,
    number,
  ];
  play(LEAD_RECORDS * family.cadenceMs);
  // All components take their turns in a round so short that records see their mean only.
  const whole = play(
    WHOLE_RECORDS * family.cadenceMs,
    random.between(1 - MOST_OFF, 1 + MOST_OFF) * drawn / roundMs,
  );
  const order = components.flatMap((_, component) =>
    (["work", "empty"] as const).map((kind) => ({ component, kind }))
  );
  const blocks = Array.from(
    { length: SWEEPS },
    (_, sweep) => sweep % 2 === 0 ? order : order.toReversed(),
  ).flat().map((one): Block => ({
    ...one,
    ...play(RECORDS[one.kind] * family.cadenceMs, components[one.component]![one.kind].factor),
  }));
  play(LEAD_RECORDS * family.cadenceMs);
  phases.push({ phase: "idle", durationMs: Math.max(IDLE_MS, 4 * family.cadenceMs) });
  const run = playVirtually({
    seed,
    chip: random.pick(family.chips),
    intervalMs: family.intervalMs,
    worksOn: random.pick(["cpu", "gpu"]),
    phases,
    traits: { session: family.session, latchJitterMs: random.between(0, MOST_JITTER_MS) },
  });
  const { samples, boundMs } = alignRecords(run.records, run.arrivalsMs, {
    spawnMs: run.spawnMs,
    intervalMs: family.intervalMs,
  });
  const options = { totalRails: RIG_RAILS, clockBoundMs: boundMs, latchMs: RAIL_PRIOR_MS, seed };
  const ensembles = new Map<number, Ensemble>();
  attributeEnergy(spanOf([whole, ...blocks], run.beganMs), samples, {
    ...options,
    onNode: ({ kind, name }, ensemble) => {
      if (kind === "phase") ensembles.set(Number(name), ensemble);
    },
  });
  const loopOf = (component: number, kind: Kind): Loop => ({
    blocks: blocks.flatMap((block, at) => {
      if (block.component !== component || block.kind !== kind) return [];
      const rounds = (block.endMs - block.startMs) / components[component]![kind].roundMs;
      return [{ ensemble: ensembles.get(at + 1)!, rounds }];
    }),
  });
  const scatter = (kind: Kind) => scatterOf(components.map((_, at) => loopOf(at, kind)), RIG_RAILS);
  const pooled = { work: scatter("work"), empty: scatter("empty") };
  const wholeMs = whole.endMs - whole.startMs;
  const works = components.map((_, at) => {
    const [work, empty] = [loopOf(at, "work"), loopOf(at, "empty")];
    const piece = { name: `${at}`, weight: wholeMs / roundMs, work, empty };
    return { component: `${at}`, ensemble: workEnergy([piece], pooled, seed)! };
  });
  const { parts } = fitToWhole(works, ensembles.get(0)!, true, options);
  const trueMj = run.schedule.totalMj(run.beganMs + whole.startMs, run.beganMs + whole.endMs);
  return parts.map(({ energy }, at): Trial => ({
    what: "component",
    method: "amplified",
    case: "loops, arithmetic only",
    cadenceMs: family.cadenceMs,
    tokenMs: null,
    deviation: Math.abs(owned[at]! / ownMs[at]! / (drawn / roundMs) - 1),
    ...judged(energy, trueMj * owned[at]! / drawn),
  }));
}

function spanOf(parts: readonly { startMs: number; endMs: number }[], beganMs: number): Span {
  const children = parts.map(({ startMs, endMs }, at): Span => ({
    kind: "phase",
    name: `${at}`,
    startMs: beganMs + startMs,
    endMs: beganMs + endMs,
    children: [],
  }));
  return {
    kind: "run",
    name: "run",
    startMs: children[0]!.startMs,
    endMs: children.at(-1)!.endMs,
    children,
  };
}
