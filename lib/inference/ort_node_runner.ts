/**
 * Passes of a session of `onnxruntime-node`. The thread stands still while one runs, so a signal is
 * seen between passes only.
 *
 * @module
 */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { TensorDescription } from "./cache_slots.ts";
import type { HostTensor } from "./host_tensor.ts";
import { lastRows, tapped, toTensor } from "./ort_tensors.ts";
import type { Kept, Pass, PassResult, Runner, Wiring } from "./runner.ts";

/** Runs passes; the cache lies in JavaScript's memory. */
export class OrtNodeRunner implements Runner {
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  #session: InferenceSession | null;
  #wiring: Wiring = { logits: "", slots: [], taps: [] };
  #fetches: readonly string[] = [];

  constructor(session: InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map(described);
    this.outputs = session.outputMetadata.map(described);
  }

  wire(wiring: Wiring): void {
    this.#wiring = wiring;
    this.#fetches = [...new Set([...wiring.slots.map(({ output }) => output), ...wiring.taps])];
  }

  keep(tensor: HostTensor): Kept {
    return toTensor(tensor);
  }

  drop(): void {} // JavaScript frees what nothing refers to

  async run({ feeds, cache, rows }: Pass): Promise<PassResult> {
    if (this.#session === null) throw new Error("Cannot run a session that was released");
    const { logits, slots, taps } = this.#wiring;
    const inputs: Record<string, Tensor> = {};
    for (const [name, tensor] of feeds) inputs[name] = toTensor(tensor);
    for (let i = 0; i < slots.length; i++) inputs[slots[i]!.input] = cache[i] as Tensor;
    const outputs = await this.#session.run(
      inputs,
      rows > 0 ? [logits, ...this.#fetches] : this.#fetches,
    );
    return {
      logits: rows > 0 ? lastRows(outputs[logits] as Tensor, rows) : [],
      cache: slots.map(({ output }) => outputs[output] as Tensor),
      taps: new Map(taps.map((name) => [name, tapped(outputs[name] as Tensor)])),
    };
  }

  endProfiling(): void {
    this.#session?.endProfiling();
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.release();
  }
}

function described(value: InferenceSession.ValueMetadata): TensorDescription {
  return value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: "no tensor", shape: [] };
}
