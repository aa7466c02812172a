/**
 * Activation statistics of a model while somebody else runs it.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { Instrumentation, TappedTensor } from "../../inference/mod.ts";
import { type Model, tapModel, type TapSite } from "../../model/mod.ts";
import type { ActivationColumns } from "./columns.ts";
import type { DeepColumns } from "../../record.ts";
import { DeepRecorder } from "./deep_recorder.ts";
import { ModuleRecorder } from "./module_recorder.ts";
import { SPARSITY_BELOW } from "./moments.ts";

/** What to record. */
export interface ActivationOptions {
  /** The deep metrics too; the runtime may then fuse fewer operations. Default: no. */
  deep?: boolean | undefined;
  /** |x| below this counts as zero; default 1e-4. */
  sparsityBelow?: number | undefined;
}

/**
 * Records what the components of a model put out, in a session that is opened with `model` and
 * `instrumentation`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { activationAt, ActivationRecorder, loadModel, openSession } from "@tokenwatt/tokenwatt";
 *
 * const recorder = new ActivationRecorder(await loadModel("models/tinytales"));
 * await using session = await openSession(recorder.model, {}, recorder.instrumentation);
 * await session.run([0, 625, 624]);
 * recorder.endToken();
 * const norm = activationAt(recorder.activations(), 0, 3, "input_layernorm");
 * assert(norm !== null && norm.maxAbs > norm.meanAbs);
 * ```
 */
export class ActivationRecorder {
  /** The model to open the session with: the one given, where the runtime finds its weights. */
  readonly model: Model;
  /** What to open the session with, beside one's own wishes. */
  readonly instrumentation: Instrumentation & { taps: readonly string[] };
  /** Every component, and why some have no tensor of their own. */
  readonly sites: readonly TapSite[];
  readonly #modules: ModuleRecorder;
  readonly #deep: DeepRecorder | null;

  /** Finds the tensors; `InputError` where the model file cannot be read or an option is wrong. */
  constructor(model: Model, options: ActivationOptions = {}) {
    const { deep = false, sparsityBelow = SPARSITY_BELOW } = options;
    if (!(sparsityBelow > 0)) {
      throw new InputError(`Cannot take |x| below ${sparsityBelow} for zero`, {
        remedy: "use a number above 0, such as 1e-4",
      });
    }
    const tapped = tapModel(model, { deep });
    this.model = tapped.model;
    this.sites = tapped.sites;
    this.#modules = new ModuleRecorder(tapped.sites, sparsityBelow);
    this.#deep = tapped.deep === null
      ? null
      : new DeepRecorder(tapped.deep, model.features.numHeads, sparsityBelow);
    this.instrumentation = {
      modelBytes: tapped.bytes,
      taps: tapped.outputs,
      onTaps: (tensors: ReadonlyMap<string, TappedTensor>) => {
        this.#modules.add(tensors);
        this.#deep?.add(tensors);
      },
    };
  }

  /** To be called where the session's cache is emptied between two answers. */
  beginAnswer(): void {
    this.#deep?.beginAnswer();
  }

  /** Whether deep metrics are recorded. */
  get hasDeep(): boolean {
    return this.#deep !== null;
  }

  /** Ends a token: all passes since the last call were its. */
  endToken(): void {
    this.#modules.endToken();
    this.#deep?.endToken();
  }

  /** Statistics of all tokens that have ended. */
  activations(): ActivationColumns {
    return this.#modules.columns();
  }

  /** Deep metrics of all tokens that have ended; `null` where they were not asked for. */
  deep(): DeepColumns | null {
    return this.#deep?.columns() ?? null;
  }
}
