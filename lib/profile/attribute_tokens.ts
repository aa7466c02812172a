import {
  attributeEnergy,
  type AttributionOptions,
  type Ensemble,
  groupTokens,
  isSupported,
  mergeUnsupported,
  type Reading,
  type StepPower,
  sumOf,
  type TokenRange,
} from "../energy/mod.ts";
import type { Span } from "../record.ts";
import type { Evidence, PowerEvidence } from "./evidence.ts";
import type { Repetition } from "./messages.ts";
import { type Attributed, type Method, redeal } from "./resolve/mod.ts";
import { groupName, runSpan } from "./spans.ts";

/**
 * Energies of all spans of a run, added up over its repetitions: first with the groups of tokens that
 * records allow by their number, then with those that they resolve; or by the power of single steps.
 */
export function attributeTokens(
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

/** Under which name the energy of a group is found: one of a single token is that token. */
export function groupKey(range: TokenRange): string {
  return range.firstIndex === range.lastIndex
    ? `token ${range.firstIndex}`
    : `group ${groupName(range)}`;
}
