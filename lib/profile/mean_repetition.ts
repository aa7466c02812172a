import {
  attributeEnergy,
  type AttributionOptions,
  type Ensemble,
  groupTokens,
  isSupported,
  mergeUnsupported,
  type Reading,
  scaled,
  shareOf,
  type StepPower,
  type StepScale,
  sumOf,
  toEnergy,
  type TokenRange,
} from "../energy/mod.ts";
import {
  type Energy,
  type EnergySpan,
  type Phase,
  type PhaseEnergy,
  type SectionEnergy,
  type Span,
  type TokenEnergy,
  type TokenGroup,
  UNMEASURED,
} from "../record.ts";
import type { Evidence, PowerEvidence } from "./evidence.ts";
import type { MeanSpans } from "./inside/mod.ts";
import { meanSections } from "./mean_sections.ts";
import type { Repetition } from "./messages.ts";
import { type Attributed, type Method, redeal } from "./resolve/mod.ts";
import { groupName, phasesOf, runSpan } from "./spans.ts";

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
  const phases = meanPhases(evidence, repetitions, meanOf, ensembles, count);
  const tokens = meanTokens(evidence, repetitions, groups, meanOf);
  return {
    tree,
    energy: meanOf("run"),
    durationMs: (ensembles.get("run")?.durationMs ?? 0) / count,
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

/**
 * First with the groups that records allow by their number, then with those that they resolve; or by
 * the power of single steps.
 */
function attributeTokens(
  evidence: Evidence,
  repetitions: readonly Repetition[],
  { samples }: PowerEvidence,
  options: AttributionOptions & { reading: Reading },
  { powers, method }: { powers: readonly StepPower[]; method: Method },
): Attributed {
  const tokensOf = (repetition: Repetition) => evidence.tokensOf(repetition);
  const first = `${repetitions[0]?.index}`;
  const attribute = (groups: readonly TokenRange[]): Attributed => {
    const ensembles = new Map<string, Ensemble>();
    const single = new Map<string, Map<string, Ensemble>>();
    const firstTokens = new Map<number, Ensemble>();
    const onNode = (span: Span, ensemble: Ensemble, path: readonly Span[]) => {
      const index = tokenIndexOf(span);
      const isFirst = path.some(({ kind, name }) => kind === "repetition" && name === first);
      if (index !== null && isFirst) firstTokens.set(index, ensemble);
      const key = keyOf(span, path);
      const repetition = path.find(({ kind }) => kind === "repetition")?.name;
      if (key !== null && repetition !== undefined && powers.length > 0) {
        single.set(repetition, (single.get(repetition) ?? new Map()).set(key, ensemble));
      }
      const sofar = key === null ? undefined : ensembles.get(key);
      if (key !== null) ensembles.set(key, sofar ? sumOf([sofar, ensemble]) : ensemble);
    };
    const span = runSpan(repetitions, tokensOf, groups);
    return {
      groups,
      ensembles,
      repetitions: single,
      firstTokens,
      tree: attributeEnergy(span, samples, { ...options, onNode }),
      scale: null,
    };
  };
  if (powers.length > 0) {
    const resolved = redeal(attribute([]), powers, options.reading, {
      method,
      seed: options.seed,
    });
    if (resolved.scale !== null) return resolved;
  }
  const decoded = repetitions.map((repetition) => tokensOf(repetition).slice(1));
  const finest = attribute(groupTokens(decoded, samples));
  const merged = mergeUnsupported(finest.groups, (range) => {
    const parts = finest.groups.filter(({ firstIndex, lastIndex }) =>
      firstIndex >= range.firstIndex && lastIndex <= range.lastIndex
    ).flatMap((part) => finest.ensembles.get(groupKey(part)) ?? []);
    return isSupported(sumOf(parts), options.reading.totalRails);
  });
  return merged.length === finest.groups.length ? finest : attribute(merged);
}

function keyOf(span: Span, path: readonly Span[]): string | null {
  if (span.kind === "phase") return `phase ${span.name}`;
  if (span.kind === "token") return `token ${span.name}`;
  if (span.kind === "section") return `group ${span.name}`;
  if (span.kind === "run") return "run";
  const isIdle = span.kind === "gap" && path.length <= 2;
  return isIdle ? "phase idle" : null;
}

/** The prefill is token 0. */
function tokenIndexOf({ kind, name }: Span): number | null {
  if (kind === "token") return Number(name);
  return kind === "phase" && name === "prefill" ? 0 : null;
}

function groupKey(range: TokenRange): string {
  return range.firstIndex === range.lastIndex
    ? `token ${range.firstIndex}`
    : `group ${groupName(range)}`;
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
  const counts = repetitions.map((repetition) => evidence.tokensOf(repetition).length);
  const shared = evidence.tokensOf(first).slice(0, Math.min(...counts));
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
