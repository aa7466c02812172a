import {
  type AttributionOptions,
  type Ensemble,
  type Reading,
  scaled,
  shareOf,
  type StepPower,
  type StepScale,
  toEnergy,
  type TokenRange,
} from "../energy/mod.ts";
import {
  type Energy,
  type EnergySpan,
  type Phase,
  type PhaseEnergy,
  type SectionEnergy,
  type TokenEnergy,
  type TokenGroup,
  UNMEASURED,
} from "../record.ts";
import { leastBy } from "../sample.ts";
import { attributeTokens, groupKey } from "./attribute_tokens.ts";
import type { Evidence, PowerEvidence } from "./evidence.ts";
import type { MeanSpans } from "./inside/mod.ts";
import { meanSections } from "./mean_sections.ts";
import type { Repetition } from "./messages.ts";
import type { Attributed, Method } from "./resolve/mod.ts";
import { phasesOf } from "./spans.ts";

/** One mean repetition, and the tree that it was read from. */
export interface MeanRepetition {
  energy: Energy;
  durationMs: number;
  phases: PhaseEnergy[];
  sections: SectionEnergy[];
  tokens: TokenEnergy[];
  groups: TokenGroup[];
  tree: EnergySpan;
  /** What its inside is told by. */
  spans: MeanSpans;
  /** All of it, in every draw; absent where nothing was repeated. */
  run?: Ensemble | undefined;
  /** What repeated steps had to be scaled by; `null` where none were repeated. */
  scale: StepScale | null;
}

/** Of a run that was stopped before its first repetition. */
const NOTHING: MeanRepetition = {
  energy: UNMEASURED,
  durationMs: 0,
  phases: [],
  sections: [],
  tokens: [],
  groups: [],
  tree: {
    kind: "run",
    name: "run",
    startMs: null,
    endMs: null,
    children: [],
    energy: UNMEASURED,
  },
  spans: { tokens: [], firstTokens: [], phase: () => undefined },
  scale: null,
};

/**
 * Attributes the measured energy and describes one mean repetition of it: all energies are summed
 * draw by draw over the repetitions and divided by their number, so parts still add up.
 *
 * @param powers of single steps; with them, tokens are told apart
 * @param method how these powers were found
 */
export function meanRepetition(
  evidence: Evidence,
  repetitions: readonly Repetition[],
  power: PowerEvidence,
  options: AttributionOptions & { reading: Reading },
  powers: readonly StepPower[] = [],
  method: Method = "repeated",
): MeanRepetition {
  if (repetitions.length === 0) return NOTHING;
  const attributed = attributeTokens(evidence, repetitions, power, options, { powers, method });
  const { tree, groups, ensembles } = attributed;
  const count = repetitions.length;
  const meanOf = (key: string) => {
    const ensemble = ensembles.get(key);
    return ensemble ? toEnergy(scaled(ensemble, 1 / count), options.reading) : UNMEASURED;
  };
  const run = ensembles.get("run");
  const phases = meanPhases(evidence, repetitions, meanOf, ensembles, count);
  const tokens = meanTokens(evidence, repetitions, groups, meanOf);
  return {
    tree,
    energy: meanOf("run"),
    durationMs: (run?.durationMs ?? 0) / count,
    run: run && scaled(run, 1 / count),
    phases,
    sections: meanSections(evidence.sections, repetitions, phases, (phase, partMs) => {
      const whole = ensembles.get(`phase ${phase}`);
      return whole
        ? toEnergy(scaled(shareOf(whole, partMs), 1 / count), options.reading)
        : UNMEASURED;
    }),
    tokens,
    groups: meanGroups(groups, tokens, meanOf),
    spans: spansOf(tokens.length, attributed, count),
    scale: attributed.scale,
  };
}

function spansOf(
  tokens: number,
  { ensembles, firstTokens }: Attributed,
  count: number,
): MeanSpans {
  const mean = (key: string) => {
    const ensemble = ensembles.get(key);
    return ensemble && scaled(ensemble, 1 / count);
  };
  const indexes = Array.from({ length: tokens }, (_, index) => index);
  return {
    tokens: indexes.flatMap((index) =>
      mean(index === 0 ? "phase prefill" : `token ${index}`) ?? []
    ),
    firstTokens: indexes.flatMap((index) => firstTokens.get(index) ?? []),
    phase: (name) => mean(`phase ${name}`),
  };
}

function meanPhases(
  evidence: Evidence,
  repetitions: readonly Repetition[],
  meanOf: (key: string) => Energy,
  ensembles: ReadonlyMap<string, Ensemble>,
  count: number,
): PhaseEnergy[] {
  const seen = new Set(
    repetitions.flatMap((one) => phasesOf(one, evidence.tokensOf(one)).map(({ phase }) => phase)),
  );
  const order: Phase[] = ["pre_inference", "prefill", "decode", "post_inference", "idle"];
  let reachedMs = 0;
  return order.flatMap((phase) => {
    const whole = ensembles.get(`phase ${phase}`);
    if (!whole || (phase !== "idle" && !seen.has(phase))) return [];
    const durationMs = whole.durationMs / count;
    const startMs = reachedMs;
    reachedMs += durationMs;
    return [{ phase, startMs, endMs: reachedMs, durationMs, energy: meanOf(`phase ${phase}`) }];
  });
}

function meanTokens(
  evidence: Evidence,
  repetitions: readonly Repetition[],
  groups: readonly TokenRange[],
  meanOf: (key: string) => Energy,
): TokenEnergy[] {
  const [first] = repetitions;
  if (!first) return [];
  const count = leastBy(repetitions, (repetition) => evidence.tokensOf(repetition).length);
  const shared = evidence.tokensOf(first).slice(0, count);
  return shared.map((token, position) => {
    const mean = (pick: (token: { startMs: number; endMs: number }) => number) =>
      repetitions.reduce((sum, repetition) => {
        const repeated = evidence.tokensOf(repetition)[position] ?? token;
        return sum + pick(repeated) - repetition.startMs;
      }, 0) / repetitions.length;
    const energy = meanOf(position === 0 ? "phase prefill" : `token ${token.index}`);
    const group = groups.findIndex(({ firstIndex, lastIndex }) =>
      token.index >= firstIndex && token.index <= lastIndex
    );
    const { index, id, text, phase } = token;
    return {
      index,
      id,
      text,
      phase,
      startMs: mean(({ startMs }) => startMs),
      endMs: mean(({ endMs }) => endMs),
      energyMj: energy.mj,
      lowMj: energy.lowMj,
      highMj: energy.highMj,
      interval: energy.interval,
      method: energy.method,
      resolved: energy.resolved,
      group: group + 1,
    };
  });
}

/** The prefill's token, then the groups of the decode phase. */
function meanGroups(
  groups: readonly TokenRange[],
  tokens: readonly TokenEnergy[],
  meanOf: (key: string) => Energy,
): TokenGroup[] {
  const durationOf = (first: number, last: number) =>
    (tokens[last]?.endMs ?? 0) - (tokens[first]?.startMs ?? 0);
  const prefill: TokenGroup[] = tokens.length === 0 ? [] : [{
    firstIndex: 0,
    lastIndex: 0,
    phase: "prefill",
    durationMs: durationOf(0, 0),
    energy: meanOf("phase prefill"),
  }];
  return [
    ...prefill,
    ...groups.map((range): TokenGroup => ({
      ...range,
      phase: "decode",
      durationMs: durationOf(range.firstIndex, range.lastIndex),
      energy: meanOf(groups.length === 1 ? "phase decode" : groupKey(range)),
    })),
  ];
}
