import type { ComponentMetric, Finding, SourceInfo } from "../record.ts";
import type { ActivationColumns, TappedTokens } from "./activations/mod.ts";
import type { StepEvidence } from "./evidence.ts";
import type { AmplifiedLoops } from "./amplify/mod.ts";
import type { Explained } from "./explain.ts";
import type { LatchByRail } from "./latch.ts";
import type { Repetition, RunsOn, SequenceAnswer } from "./messages.ts";
import type { Outer, Remains } from "./remains.ts";

const VERSION = 1;

/** Statistics are rows of the database: only what the rows do not say is kept. */
interface KeptTaps extends Pick<TappedTokens, "tokenMs" | "notes" | "interrupted"> {
  activations: Pick<ActivationColumns, "sites" | "tokens" | "sparsityBelow">;
}

/** What a result was made of beside what a database holds row by row. */
export interface KeptEvidence {
  version: typeof VERSION;
  /** Of each text; one number in runs that were kept before there were batches. */
  promptTokens: readonly number[] | number;
  /** Absent in those. */
  runsOn?: RunsOn | null;
  answers?: readonly SequenceAnswer[];
  interrupted: boolean;
  repetitions: Repetition[];
  steps: StepEvidence | null;
  outer: Outer;
  info: SourceInfo;
  latchMs: LatchByRail;
  /** What was found otherwise than from the records. */
  observed: readonly Finding[];
  explained: Pick<Explained, "times" | "interrupted"> & { tapped: KeptTaps | null } | null;
  /** Absent in runs that were kept before components could be amplified. */
  loops?: AmplifiedLoops | null;
  /** Of the loops against the answer. */
  frequencyChange?: number | null;
}

/** Plain data and typed arrays of all that a run left behind and that has no rows. */
export function keptEvidence(remains: Remains): KeptEvidence {
  const { promptTokens, interrupted, evidence, outer, power, observed } = remains;
  const { explained, loops, frequencyChange, runsOn } = remains;
  const { info, latchMs } = power;
  return {
    version: VERSION,
    promptTokens,
    runsOn: runsOn ?? null,
    answers: evidence.answers,
    interrupted,
    repetitions: evidence.repetitions,
    steps: evidence.steps,
    outer,
    info,
    latchMs,
    observed,
    explained: explained ? { ...explained, tapped: keptTaps(explained.tapped) } : null,
    loops: loops ?? null,
    frequencyChange: frequencyChange ?? null,
  };
}

/** Whether this is what `keptEvidence` returned once. */
export function isKept(evidence: object | null): evidence is KeptEvidence {
  return evidence !== null && "version" in evidence && evidence.version === VERSION;
}

/** What the twins told, its statistics taken from the rows of the first repetition's components. */
export function keptExplained(
  { explained }: KeptEvidence,
  components: readonly ComponentMetric[],
): Explained | null {
  if (explained === null) return null;
  const { tapped } = explained;
  return {
    ...explained,
    tapped: tapped && {
      ...tapped,
      activations: columnsOf(tapped.activations, components),
      // Rows of their own, which nothing is derived from.
      deep: null,
    },
  };
}

function keptTaps(tapped: TappedTokens | null): KeptTaps | null {
  if (tapped === null) return null;
  const { tokenMs, notes, interrupted, activations } = tapped;
  const { sites, tokens, sparsityBelow } = activations;
  return { tokenMs, notes, interrupted, activations: { sites, tokens, sparsityBelow } };
}

function columnsOf(
  { sites, tokens, sparsityBelow }: KeptTaps["activations"],
  components: readonly ComponentMetric[],
): ActivationColumns {
  const column = () => new Float32Array(tokens * sites.length).fill(NaN);
  const columns = {
    meanAbs: column(),
    std: column(),
    maxAbs: column(),
    sparsity: column(),
    nonFinite: column(),
  };
  const key = ({ layer, component }: { layer: number | null; component: string }) =>
    `${layer ?? ""} ${component}`;
  const siteOf = new Map(sites.map((site, at) => [key(site), at]));
  for (const metric of components) {
    const site = siteOf.get(key(metric));
    const { activation, tokenIndex } = metric;
    if (site === undefined || !activation || tokenIndex >= tokens) continue;
    const at = tokenIndex * sites.length + site;
    columns.meanAbs[at] = activation.meanAbs;
    columns.std[at] = activation.std;
    columns.maxAbs[at] = activation.maxAbs;
    columns.sparsity[at] = activation.sparsity;
  }
  return { sites, tokens, sparsityBelow, ...columns };
}
