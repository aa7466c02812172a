/**
 * The deep metrics, token after token.
 *
 * @module
 */
import type { DeepTaps } from "../../model/mod.ts";
import { AttentionRecorder } from "./attention_recorder.ts";
import type { DeepColumns } from "../../record.ts";
import { GateRecorder } from "./gate_recorder.ts";
import { NormRecorder } from "./norm_recorder.ts";
import type { Recorder, Tensors } from "./pass.ts";
import { RoutingRecorder } from "./routing_recorder.ts";

/** Takes the tensors of one pass after another; a token may take several passes. */
export class DeepRecorder {
  readonly #attention: AttentionRecorder[];
  readonly #gates: GateRecorder[];
  readonly #norms: NormRecorder[];
  readonly #routing: RoutingRecorder[];
  #tokens = 0;

  /** Records `taps` of a model with `numHeads` heads, where that is known. */
  constructor(taps: DeepTaps, numHeads: number | null, sparsityBelow: number) {
    this.#attention = taps.attention.map((t) => new AttentionRecorder(t, numHeads, sparsityBelow));
    this.#gates = taps.gates.map((tap) => new GateRecorder(tap));
    this.#norms = taps.norms.map((tap) => new NormRecorder(tap));
    this.#routing = taps.routing.map((tap) => new RoutingRecorder(tap));
  }

  /** The next pass begins at an empty cache. */
  beginAnswer(): void {
    for (const recorder of this.#attention) recorder.beginAnswer();
  }

  /** Adds the tensors of a pass to the current token. */
  add(tensors: Tensors): void {
    for (const recorder of this.#all()) recorder.add(tensors);
  }

  /** Ends the current token. */
  endToken(): void {
    for (const recorder of this.#all()) recorder.endToken();
    this.#tokens++;
  }

  /** All tokens that have ended. */
  columns(): DeepColumns {
    return {
      tokens: this.#tokens,
      attention: this.#attention.map((recorder) => recorder.columns()),
      gates: this.#gates.map((recorder) => recorder.columns()),
      norms: this.#norms.map((recorder) => recorder.columns()),
      routing: this.#routing.map((recorder) => recorder.columns()),
    };
  }

  #all(): Recorder<unknown>[] {
    return [...this.#attention, ...this.#gates, ...this.#norms, ...this.#routing];
  }
}
