/**
 * What looking inside changed: the operations that the runtime executes, with and without taps.
 *
 * @module
 */
import { join } from "node:path";
import { openSession } from "../../inference/mod.ts";
import { type Model, operationCounts } from "../../model/mod.ts";
import type { ActivationRecorder } from "./recorder.ts";

/** An operation that the runtime executes more or less often than without taps. */
export interface FusionChange {
  /** `"FastGelu"`, `"Tanh"`, … */
  opType: string;
  /** Nodes in the graph that is executed without taps. */
  without: number;
  /** Nodes in the graph that is executed with them. */
  withTaps: number;
}

// What taps are read through, and what half floats are widened by.
const OF_TAPS = new Set(["Identity", "Sum", "Cast"]);

/**
 * Compares the optimised graphs of a model and of its tapped twin. The runtime writes both, with
 * all their weights, into a temporary folder that is removed.
 */
export async function fusionChanges(
  model: Model,
  recorder: ActivationRecorder,
): Promise<FusionChange[]> {
  const folder = await Deno.makeTempDir({ prefix: "tokenwatt-taps-" });
  try {
    const plain = join(folder, "plain.onnx");
    const tapped = join(folder, "tapped.onnx");
    await (await openSession(model, { threads: 1 }, { optimizedGraphPath: plain })).release();
    const session = await openSession(recorder.model, { threads: 1 }, {
      ...recorder.instrumentation,
      optimizedGraphPath: tapped,
    });
    await session.release();
    const before = operationCounts(plain);
    const after = operationCounts(tapped);
    return [...new Set([...before.keys(), ...after.keys()])].sort()
      .map((opType) => ({
        opType,
        without: before.get(opType) ?? 0,
        withTaps: after.get(opType) ?? 0,
      }))
      .filter(({ opType, without, withTaps }) => without !== withTaps && !OF_TAPS.has(opType));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
