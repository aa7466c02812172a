import {
  attributeEnergy,
  dealRepeated,
  type Ensemble,
  planSteps,
  type RepeatedBlock,
  scaled,
  stepPowers,
  stepScale,
  sumOf,
  toEnergy,
} from "../../lib/energy/mod.ts";
import { alignRecords } from "../../lib/power/mod.ts";
import { playVirtually, RIG_RAILS, SeededRandom } from "../../lib/power/rig/mod.ts";
import type { Phase, Span } from "../../lib/record.ts";
import type { Family } from "./families.ts";
import { type PowerShape, tokenFactors } from "./generations.ts";
import { judged, type Trial } from "./trial.ts";

const TOKENS = 20;
const IDLE_MS = 2000;
const LEAD_RECORDS = 3.5;
/** So long is the plain run, at least. */
const PLAIN_MS = 3000;
const MOST_JITTER_MS = 5;
const RAIL_PRIOR_MS = [-5, 40] as const;

interface Played {
  phase: Phase;
  durationMs: number;
  factor?: number;
}

/** A plain run, then each step many times in a row, there and back: as `--resolve tokens` does it. */
export function repeatedTokens(
  seed: number,
  family: Family,
  tokenMs: number,
  shape: PowerShape,
): Trial[] {
  const random = new SeededRandom(seed * 2 + 1_000_003);
  const powers = tokenFactors(shape, TOKENS, random);
  const stepsMs = powers.map(() => tokenMs * random.between(0.9, 1.1));
  const answerMs = stepsMs.reduce((sum, ms) => sum + ms, 0);
  const leadMs = LEAD_RECORDS * family.cadenceMs;
  const { blocks } = planSteps([1e6, ...stepsMs], { cadenceMs: family.cadenceMs });

  const played: Played[] = [{ phase: "idle", durationMs: IDLE_MS }];
  let reachedMs = IDLE_MS;
  const add = (durationMs: number, factor = 1) => {
    played.push({ phase: "decode", durationMs, factor });
    const startMs = reachedMs;
    return { startMs, endMs: reachedMs += durationMs };
  };
  add(leadMs);
  const repetitions = Array.from(
    { length: Math.ceil(PLAIN_MS / answerMs) },
    () => stepsMs.map((ms, at) => add(ms * random.between(0.99, 1.01), powers[at]!)),
  );
  add(leadMs, powers[0]!);
  const sweep = (ordered: typeof blocks, sweep: number) =>
    ordered.map(({ firstIndex, lastIndex, cycles, durationMs }): RepeatedBlock => ({
      firstIndex,
      lastIndex,
      cycles,
      sweep,
      ...add(durationMs, powers[firstIndex - 1]!),
    }));
  const swept = [...sweep(blocks, 0), ...sweep(blocks.toReversed(), 1)];
  add(leadMs, powers[0]!);
  played.push({ phase: "idle", durationMs: Math.max(IDLE_MS, 4 * family.cadenceMs) });

  const run = playVirtually({
    seed,
    chip: random.pick(family.chips),
    intervalMs: family.intervalMs,
    worksOn: random.pick(["cpu", "gpu"]),
    phases: played,
    traits: { session: family.session, latchJitterMs: random.between(0, MOST_JITTER_MS) },
  });
  const { samples, boundMs } = alignRecords(run.records, run.arrivalsMs, {
    spawnMs: run.spawnMs,
    intervalMs: family.intervalMs,
  });
  const at = <T extends { startMs: number; endMs: number }>(place: T): T => ({
    ...place,
    startMs: run.beganMs + place.startMs,
    endMs: run.beganMs + place.endMs,
  });
  const dated = repetitions.map((own) => own.map(at));
  const options = { totalRails: RIG_RAILS, clockBoundMs: boundMs, latchMs: RAIL_PRIOR_MS, seed };

  const tokens = new Map<string, Ensemble>();
  attributeEnergy(spanOf(dated), samples, {
    ...options,
    onNode: (span, ensemble) => {
      if (span.kind !== "token") return;
      const sofar = tokens.get(span.name);
      tokens.set(span.name, sofar ? sumOf([sofar, ensemble]) : ensemble);
    },
  });
  const parts = [...tokens.values()];
  const found = stepPowers(swept.map(at), samples, options);
  const own = parts.map((_, token) => found.find(({ firstIndex }) => firstIndex === token + 1));
  const scale = stepScale(parts, own, RIG_RAILS);
  const dealt = scale === null ? parts : dealRepeated(parts, own, scale, seed);
  const truths = parts.map((_, token) =>
    dated.reduce((sum, one) => {
      const { startMs, endMs } = one[token]!;
      return sum + run.schedule.totalMj(startMs, endMs);
    }, 0) / dated.length
  );
  const meanMw = truths.reduce((sum, mj) => sum + mj, 0) / answerMs;
  return dealt.map((ensemble, token): Trial => ({
    what: "token",
    method: "repeated",
    case: shape,
    cadenceMs: family.cadenceMs,
    tokenMs,
    deviation: Math.abs(truths[token]! / stepsMs[token]! / meanMw - 1),
    ...judged(toEnergy(scaled(ensemble, 1 / dated.length), options), truths[token]!),
  }));
}

function spanOf(repetitions: readonly { startMs: number; endMs: number }[][]): Span {
  const children = repetitions.map((own, index): Span => {
    const ends = { startMs: own[0]!.startMs, endMs: own.at(-1)!.endMs };
    const tokens = own.map((place, token): Span => ({
      kind: "token",
      name: `${token + 1}`,
      ...place,
      children: [],
    }));
    return {
      kind: "repetition",
      name: `${index}`,
      ...ends,
      children: [{ kind: "phase", name: "decode", ...ends, children: tokens }],
    };
  });
  const [first, last] = [children[0]!, children.at(-1)!];
  return { kind: "run", name: "run", startMs: first.startMs, endMs: last.endMs, children };
}
