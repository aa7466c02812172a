/**
 * Whether two arms may be compared at all, and what a reader must know when they are.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { Finding, FindingKind } from "../../record.ts";
import { runFindings } from "../run_findings.ts";
import type { RunRecord } from "../run_record.ts";
import { meanOf } from "../statistics/mod.ts";

/** What may differ between arms, if the one who compares says so. */
export type AcceptedDifference = "host" | "source";

/** Bytes that differ by less move nothing that could be seen. */
const ALIKE_BYTES = 0.01;

/** What a run says of its tokens and components concerns none of the figures of a whole run. */
const OF_PARTS: readonly FindingKind[] = [
  "agreement",
  "steps-differ",
  "step-scale",
  "no-layers",
  "unnamed-work",
  "unsure-rank",
  "fused",
  "capture-ratio",
  "working-set",
  "frequency",
  "cut-differs",
  "not-amplified",
];

/** What makes an answer slower or faster, whatever the meter does. */
const OF_TIMES: readonly FindingKind[] = [
  "foreign-load",
  "not-steady",
  "thermal-pressure",
  "low-power",
  "sleep",
];

/**
 * Findings of the comparison, and what its runs found about their own conditions. The first arm is what the others are compared with.
 *
 * @throws {InputError} where machines or sources differ and that was not accepted
 */
export function checkConditions(
  arms: readonly (readonly RunRecord[])[],
  isEnergy: boolean,
  accepted: readonly AcceptedDifference[] = [],
  labels: readonly string[] = [],
): { findings: Finding[]; notes: string[] } {
  const all = arms.flat();
  const notes: string[] = [];
  const machines = distinct(
    all.map(({ host }) => host && `${host.hostname ?? "?"} (${host.chip ?? "unknown chip"})`),
  );
  if (machines.length > 1) {
    refuseUnless(accepted, "host", `they ran on ${machines.join(" and ")}`);
    notes.push(`Different machines: ${machines.join(" and ")}`);
  }
  const own = runFindings(all).filter(({ kind }) => !OF_PARTS.includes(kind));
  if (!isEnergy) return { findings: own.filter(({ kind }) => OF_TIMES.includes(kind)), notes };
  // Labels of what is not measured say so themselves.
  const sources = distinct(all.map(({ power }) => power.label));
  if (sources.length > 1) {
    refuseUnless(accepted, "source", `their power is ${sources.join(" or ")}`);
    notes.push(`Different power sources: ${sources.join(" and ")}`);
  }
  return { findings: [...cadence(all), ...dram(arms, labels), ...estimated(all), ...own], notes };
}

function refuseUnless(
  accepted: readonly AcceptedDifference[],
  what: AcceptedDifference,
  found: string,
): void {
  if (accepted.includes(what)) return;
  throw new InputError(`Cannot compare these runs: ${found}`, {
    remedy: what === "host"
      ? 'compare runs of one machine, or pass accept: ["host"] (--accept host)'
      : 'choose one (--source), or pass accept: ["source"] (--accept source)',
  });
}

function cadence(all: readonly RunRecord[]): Finding[] {
  const intervals = distinct(all.map(({ power }) => power.intervalMs)).sort((x, y) => x - y);
  if (intervals.length < 2) return [];
  return [{
    kind: "cadence",
    severity: "warning",
    value: intervals.at(-1)! / intervals[0]!,
    unit: "ratio",
    message: `power was read every ${intervals.join(" or ")} ms: reading it more often costs more`,
    remedy: "profile both with the same --interval-ms",
  }];
}

/** Memory's energy is a cost that most sources do not see. */
function dram(arms: readonly (readonly RunRecord[])[], labels: readonly string[]): Finding[] {
  const sees = arms.flat().every(({ power }) =>
    power.totalRails.some((rail) => rail === "dram" || rail === "system")
  );
  if (sees) return [];
  const bytes = arms.map(bytesOf).filter((value) => value !== null);
  if (bytes.length < arms.length) {
    const models = arms.map((arm) =>
      distinct(arm.map(({ model }) => `${model.parameters} × ${model.precision}`)).sort().join()
    );
    return new Set(models).size === 1 ? [] : [dramFinding(null, labels)];
  }
  const ratio = labels.length === 2
    ? bytes[1]! / bytes[0]!
    : Math.max(...bytes) / Math.min(...bytes);
  return Math.abs(ratio - 1) > ALIKE_BYTES ? [dramFinding(ratio, labels)] : [];
}

function dramFinding(ratio: number | null, [a, b]: readonly string[]): Finding {
  const isPair = a !== undefined && b !== undefined;
  const much = ratio === null
    ? `${isPair ? `${a} and ${b}` : "they"} move different numbers of bytes`
    : isPair
    ? `${b} moves ${ratio.toFixed(2)} times the bytes of ${a}`
    : `the most moves ${ratio.toFixed(2)} times the bytes of the least`;
  return {
    kind: "dram-not-measured",
    severity: "warning",
    rail: "dram",
    value: ratio ?? 0,
    unit: ratio === null ? "unknown" : "ratio",
    message: `${much} a token, and this source does not measure DRAM`,
    remedy: "read the difference as that of the measured rails; the whole one is larger",
  };
}

function bytesOf(arm: readonly RunRecord[]): number | null {
  const bytes = arm.map(({ details }) => {
    const model = details?.model;
    return model?.bytesPerToken ?? model?.weightBytes ?? null;
  });
  const known = bytes.filter((value) => value !== null);
  return known.length < bytes.length ? null : meanOf(known);
}

function estimated(all: readonly RunRecord[]): Finding[] {
  const of = all.filter(({ power }) => power.kind === "estimated");
  if (of.length === 0) return [];
  return [{
    kind: "estimated",
    severity: "warning",
    value: of.length,
    unit: "runs",
    message: `the power of ${of.length} of ${all.length} runs is an estimate, not measured`,
    remedy: "use a measuring source; deno task doctor says which work here",
  }];
}

function distinct<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
