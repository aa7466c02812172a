/**
 * What the benchmark measures: two contestants each, and what their ratio must be.
 *
 * @module
 */
import { ENGINE_MEASURES } from "./engine_measures.ts";
import { INSIDE_MEASURES } from "./inside_measures.ts";
import { liveViewSides } from "./live_view.ts";
import { LONG, type Measure, SHORT, sides } from "./measure.ts";
import { METER_MEASURES } from "./meter_measures.ts";
import { TELEMETRY } from "./telemetry_measure.ts";
import { tokenwatt, withMonitor } from "./tokenwatt.ts";
import { transformersPeer } from "./transformers_peer.ts";

/** All measures, in the order of the table. */
export const MEASURES: readonly Measure[] = [
  {
    name: "nothing",
    title: "token time of generate() ÷ itself",
    figure: "time",
    goal: null,
    isChance: true,
    onAllContexts: false,
    ...SHORT,
    async open(model, _ids, threads) {
      const own = await tokenwatt(model, threads);
      return sides(own, { base: own, subject: own });
    },
  },
  monitorCost("estimate", "estimate"),
  monitorCost("powermetrics", "powermetrics stand-in"),
  ...METER_MEASURES,
  {
    name: "bare-loop",
    title: "tokens/s of generate() ÷ a bare session.run loop",
    figure: "speed",
    goal: { atLeast: 0.97 },
    onAllContexts: true,
    ...SHORT,
    async open(model, ids, threads) {
      const { bareLoop } = await import("./bare_loop.ts");
      const { onOneSession } = await import("./one_session.ts");
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
      const { onOneSession } = await import("./one_session.ts");
      const pair = await onOneSession(
        () => transformersPeer(model, threads),
        () => tokenwatt(model, threads),
      );
      return sides(pair.base, pair);
    },
  },
  {
    name: "live-view",
    title: "token time with a live view (5 Hz, told of each token) ÷ without",
    figure: "time",
    goal: { atMost: 1.02 },
    onAllContexts: false,
    ...LONG,
    async open(model, _ids, threads) {
      const pair = await liveViewSides(model, threads);
      return sides(pair, pair);
    },
  },
  TELEMETRY,
  ...ENGINE_MEASURES,
  ...INSIDE_MEASURES,
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
