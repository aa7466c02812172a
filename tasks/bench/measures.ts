/**
 * What the benchmark measures: two contestants each, and what their ratio must be.
 *
 * @module
 */
import { bareLoop } from "./bare_loop.ts";
import type { BenchModel } from "./bench_models.ts";
import type { Contestant } from "./contest.ts";
import { onOneSession } from "./one_session.ts";
import type { Goal } from "./statistics.ts";
import { tokenwatt, withMonitor } from "./tokenwatt.ts";
import { transformersPeer } from "./transformers_peer.ts";

/** Two sides, and what closes both. */
export interface Sides extends AsyncDisposable {
  base: Contestant;
  subject: Contestant;
}

/** Two contestants against each other. */
export interface Measure {
  name: string;
  /** What is divided by what. */
  title: string;
  /** On what the two are compared: the time of a token, or tokens per second. */
  figure: "time" | "speed";
  /** `null` where the ratio only shows how far chance alone goes. */
  goal: Goal | null;
  /** Whether the length of the context matters to it; else the shortest is enough. */
  onAllContexts: boolean;
  /** Rounds of four blocks. */
  rounds: number;
  /** Decoding time of a block, at least. */
  blockMs: number;
  /** How long a block goes on before it is timed. */
  settleMs: number;
  /** Opens both sides, on one session. `ids` is the answer that they will give. */
  open(model: BenchModel, ids: readonly number[], threads: number): Promise<Sides>;
}

// Load from elsewhere comes and goes within seconds: many short turns meet it evenly. Those with a
// monitor are longer, so that each holds some records, and settle first: in the 0.1 s after a monitor
// ends, while its Worker is taken down, tokens take up to 20 % longer, which is not what it costs.
const SHORT = { rounds: 60, blockMs: 150, settleMs: 0 };
const LONG = { rounds: 24, blockMs: 500, settleMs: 300 };

/** All measures, in the order of the table. */
export const MEASURES: readonly Measure[] = [
  {
    name: "nothing",
    title: "token time of generate() ÷ itself",
    figure: "time",
    goal: null,
    onAllContexts: false,
    ...SHORT,
    async open(model, _ids, threads) {
      const own = await tokenwatt(model, threads);
      return sides(own, { base: own, subject: own });
    },
  },
  monitorCost("estimate", "estimate"),
  monitorCost("powermetrics", "powermetrics stand-in"),
  {
    name: "bare-loop",
    title: "tokens/s of generate() ÷ a bare session.run loop",
    figure: "speed",
    goal: { atLeast: 0.97 },
    onAllContexts: true,
    ...SHORT,
    async open(model, ids, threads) {
      const pair = await onOneSession(
        () => bareLoop(model, ids, threads),
        () => tokenwatt(model, threads),
      );
      return sides(pair.base, pair);
    },
  },
  {
    name: "transformers",
    title: "tokens/s of generate() ÷ @huggingface/transformers",
    figure: "speed",
    goal: { atLeast: 1 },
    onAllContexts: true,
    ...SHORT,
    async open(model, _ids, threads) {
      const pair = await onOneSession(
        () => transformersPeer(model, threads),
        () => tokenwatt(model, threads),
      );
      return sides(pair.base, pair);
    },
  },
];

function monitorCost(source: "estimate" | "powermetrics", label: string): Measure {
  return {
    name: `monitor-${source}`,
    title: `token time with PowerMonitor (${label}, 100 ms) ÷ without`,
    figure: "time",
    goal: { atMost: 1.02 },
    onAllContexts: false,
    ...LONG,
    async open(model, _ids, threads) {
      const own = await tokenwatt(model, threads);
      return sides(own, { base: own, subject: withMonitor(own, source) });
    },
  };
}

function sides(
  owner: AsyncDisposable,
  { base, subject }: { base: Contestant; subject: Contestant },
): Sides {
  return { base, subject, [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose]() };
}
