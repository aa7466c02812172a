/**
 * What telemetry takes from decoding: `generate()` with the live gauge told of power and its metrics
 * being sent, against `generate()` without, in one process and on one session.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { nowMs } from "@tokenwatt/tokenwatt";
import type { BenchModel } from "./bench_models.ts";
import type { Answer } from "./contest.ts";
import { denoPeer } from "./deno_peer.ts";
import { LONG, type Measure, type Sides } from "./measure.ts";
import type { Order, Task } from "./telemetry/order.ts";

const CHILD = {
  path: fileURLToPath(new URL("telemetry/child.ts", import.meta.url)),
  flags: ["--allow-read", "--allow-ffi", "--allow-env"],
};

/** The measure. */
export const TELEMETRY: Measure = {
  name: "telemetry",
  title: "tokens/s of generate() with telemetry, told ten times a second and sent, ÷ without",
  figure: "speed",
  goal: { atLeast: 0.99 },
  onAllContexts: false,
  ...LONG,
  weight: 6, // a percent is to be told, and a block waits for its place between exports
  settleMs: 0, // a block waits for its place between two exports before it begins
  watchesLoad: false, // both sides are in a process of their own
  open: telemetrySides,
};

/** How many exports fell into blocks, with telemetry and without. */
export interface SeenExports {
  with: number;
  without: number;
}

/** Both sides, in a process of their own. */
export async function telemetrySides(
  { model, prompt, maxNewTokens }: BenchModel,
  _ids: readonly number[],
  threads: number,
): Promise<Sides & { seen: SeenExports }> {
  const { startExports } = await import("./telemetry/exports.ts");
  const exports = startExports();
  const task: Task = { path: model.path, prompt, maxNewTokens, threads };
  const peer = await denoPeer({ ...CHILD, args: [JSON.stringify(task)] }, exports.env);
  const order = async (order: Order) => await peer.ask(order);
  const answer = async () => await order({}) as unknown as Answer;
  const seen: SeenExports = { with: 0, without: 0 };
  let blockMs = LONG.blockMs;
  const counting = (side: keyof SeenExports, end: () => Promise<unknown>): AsyncDisposable => {
    const [before, startMs] = [exports.count(), nowMs()];
    return {
      async [Symbol.asyncDispose]() {
        blockMs = nowMs() - startMs;
        seen[side] += exports.count() - before;
        await end();
      },
    };
  };
  return {
    seen,
    base: {
      answer,
      async during() {
        await exports.untilQuiet(1.2 * blockMs);
        return counting("without", () => Promise.resolve());
      },
    },
    subject: {
      answer,
      async during() {
        await exports.untilBefore();
        await order({ telemetry: true });
        return counting("with", () => order({ telemetry: false }));
      },
    },
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await exports[Symbol.asyncDispose]();
      if (exports.powers() > 0) return;
      throw new Error("Cannot tell what telemetry costs: no power was sent");
    },
  };
}
