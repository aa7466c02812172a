import { InputError } from "../../errors.ts";
import type { Finding } from "../../record.ts";
import {
  type AcceptedDifference,
  checkConditions,
  type Figure,
  figureOf,
  having,
} from "../compare/mod.ts";
import { batchSizeOf, type RunRecord } from "../run_record.ts";
import { beats, kneeOfFront, paretoFront, type Rated } from "./pareto.ts";

/** A way to run a model, with what it is worth. */
export interface TradeoffPoint {
  /** What sets it apart. */
  label: string;
  /** Runs of it. */
  runs: number;
  /** Decode rate, in 1/s. */
  tokensPerSecond: Figure;
  /** Decode energy by token, in J. */
  joulesPerToken: Figure;
  /** Whether no other is both faster and cheaper. */
  isOnFront: boolean;
  /** Labels of those that are faster and cheaper even at the wrong ends of the intervals. */
  surelyBeatenBy: string[];
}

/** Which ways to run are worth it. */
export interface Tradeoff {
  /** The cheapest first. */
  points: TradeoffPoint[];
  /** Labels of the Pareto front, the cheapest first. */
  front: string[];
  /** Label of the point of the front behind which speed costs more; `null` where none stands out. */
  knee: string | null;
  /** What a reader must know. */
  findings: Finding[];
  /** What was left out, and what limits the answer. */
  notes: string[];
  /** One line. */
  verdict: string;
}

/** Options of {@link tradeoff}. */
export interface TradeoffOptions {
  /** What sets ways to run apart; default: model, precision, engine, provider, batch. */
  labelOf?: (run: RunRecord) => string;
  /** Differences between runs that are meant to be there; others are refused. */
  accept?: readonly AcceptedDifference[];
}

/**
 * Tokens per second against joules per token: the ways to run that no other beats at both.
 *
 * @throws {InputError} if no run has both figures, or machines or sources differ
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProfileDatabase, tradeoff } from "@tokenwatt/tokenwatt";
 *
 * using database = ProfileDatabase.open(":memory:");
 * assert.throws(() => tradeoff(database.getRuns({ status: "complete" })), /no run has both/);
 * ```
 */
export function tradeoff(runs: readonly RunRecord[], options: TradeoffOptions = {}): Tradeoff {
  const { labelOf = configurationOf, accept = [] } = options;
  const found = having(having(runs, "joulesPerToken"), "tokensPerSecond");
  if (found.length === 0) {
    throw new InputError(`Cannot weigh speed against energy: no run has both (of ${runs.length})`, {
      remedy: "profile some first; deno task runs shows what there is",
    });
  }
  const groups = [...Map.groupBy(found, labelOf)];
  const { findings, notes } = checkConditions(groups.map(([, group]) => group), true, accept);
  if (runs.length > found.length) {
    notes.push(
      `${runs.length - found.length} of ${runs.length} runs left out: invalid or no figure`,
    );
  }
  const rated = groups.map(([label, group]) => ratedOf(label, group));
  const front = paretoFront(rated);
  const points = rated.sort((a, b) => a.cost - b.cost)
    .map(({ speed: _speed, cost: _cost, ...point }) => ({
      ...point,
      isOnFront: front.some(({ label }) => label === point.label),
      surelyBeatenBy: rated.filter((other) => isSure(other, point)).map(({ label }) => label),
    }));
  const knee = kneeOfFront(front)?.label ?? null;
  const labels = front.map(({ label }) => label);
  return { points, front: labels, knee, findings, notes, verdict: verdictOf(labels, knee, points) };
}

type Point = Omit<TradeoffPoint, "isOnFront" | "surelyBeatenBy">;

function ratedOf(label: string, group: readonly RunRecord[]): Point & Rated {
  const tokensPerSecond = figureOf(group, "tokensPerSecond")!;
  const joulesPerToken = figureOf(group, "joulesPerToken")!;
  return {
    label,
    runs: group.length,
    tokensPerSecond,
    joulesPerToken,
    speed: tokensPerSecond.value,
    cost: joulesPerToken.value,
  };
}

/** Even where the one is as bad and the other as good as their intervals allow. */
function isSure(one: Point, other: Point): boolean {
  const [slow, fast] = [one.tokensPerSecond.low, other.tokensPerSecond.high];
  const [dear, cheap] = [one.joulesPerToken.high, other.joulesPerToken.low];
  if (slow === null || fast === null || dear === null || cheap === null) return false;
  return beats({ speed: slow, cost: dear }, { speed: fast, cost: cheap });
}

function configurationOf(run: RunRecord): string {
  const { model: { name, precision }, details: { engine, provider } = {} } = run;
  const batchSize = batchSizeOf(run);
  const batch = batchSize === 1 ? null : `batch of ${batchSize}`;
  return [name, precision, engine, provider, batch].filter(Boolean).join(" ");
}

function verdictOf(
  front: readonly string[],
  knee: string | null,
  points: readonly TradeoffPoint[],
): string {
  const beaten = points.filter(({ surelyBeatenBy }) => surelyBeatenBy.length > 0).length;
  const rest = `${beaten === 0 ? "none" : beaten} of the others ${
    beaten < 2 ? "is" : "are"
  } surely worse at both`;
  if (front.length === 1) {
    if (points.length === 1) return `Only ${front[0]} was measured: nothing to weigh it against`;
    const verb = beaten === points.length - 1 ? "is" : "looks";
    return `${front[0]} ${verb} the fastest and the cheapest; ${rest}`;
  }
  const bend = knee === null ? "" : `; behind ${knee} speed costs more`;
  return `${front.length} of ${points.length} are worth it: ${front.join(", ")}${bend}; ${rest}`;
}
