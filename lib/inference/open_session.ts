/**
 * Opening a session with the engine that was asked for, or the one that works.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { useOneOf } from "../nearest.ts";
import type { Model } from "../model/mod.ts";
import type { EngineName, Instrumentation, OpenedSession, SessionOptions } from "./engine.ts";
import { disableOrtTelemetry } from "./ort_telemetry.ts";
import { checkProvider } from "./providers.ts";

/** All engines. */
export const ENGINES: readonly EngineName[] = ["ort-node", "ort-ffi"];

/** The engine where none is asked for (docs/decisions/engine-default.md). */
export const DEFAULT_ENGINE: EngineName = "ort-node";

/**
 * Loads a model into ONNX Runtime, which is loaded here and not before.
 *
 * @param model The model to load.
 * @param options Threads and spinning, engine and execution provider.
 * @param instrumentation What to show of the inside; default: nothing.
 * @returns A session with an empty cache.
 * @throws {InputError} Where the runtime cannot load the model, its inputs are of no known kind, or
 *   the library does not hold the provider.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadModel, openSession } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * await using session = await openSession(model, { threads: 1 });
 * const logits = await session.run(model.tokenizer.encode("Once upon a time"));
 * assert(logits.length === 1024 && session.pastLength === 5);
 * ```
 */
export async function openSession(
  model: Model,
  options: SessionOptions = {},
  instrumentation?: Instrumentation,
): Promise<OpenedSession> {
  const { threads, engine = DEFAULT_ENGINE, provider = "cpu" } = options;
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new InputError(`Cannot run with ${threads} threads`, {
      remedy: "use a whole number of at least 1, or leave it out",
    });
  }
  if (!ENGINES.includes(engine)) {
    throw new InputError(`Cannot run with the engine "${engine}"`, {
      remedy: useOneOf(engine, ENGINES),
    });
  }
  disableOrtTelemetry();
  let note: string | null = null;
  if (engine === "ort-ffi") {
    const { ortFfi, unusable } = await import("./ort_ffi/mod.ts");
    const problem = unusable();
    if (problem === null) {
      checkProvider(provider, ortFfi.providers(), "ort-ffi");
      return await ortFfi.openSession(model, options, instrumentation);
    }
    note = `ort-ffi cannot be used, so ort-node is: ${problem}`;
  }
  const { ortNode } = await import("./ort_node.ts");
  if (provider !== "cpu") checkProvider(provider, ortNode.providers(), "onnxruntime-node");
  return await ortNode.openSession(model, options, instrumentation, note);
}
