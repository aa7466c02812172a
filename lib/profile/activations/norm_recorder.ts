import type { NormTap } from "../../model/mod.ts";
import type { NormColumns } from "../../record.ts";
import { addVariances } from "./norm_rows.ts";
import { numbers, type Recorder, type Tensors } from "./pass.ts";
import { Rows } from "./rows.ts";

/** What a norm does to the variance. */
export class NormRecorder implements Recorder<NormColumns> {
  #tap: NormTap;
  #input = { rows: 0, variance: 0 };
  #output = { rows: 0, variance: 0 };
  #inputs = new Rows(1);
  #outputs = new Rows(1);

  /** Nothing recorded yet. */
  constructor(tap: NormTap) {
    this.#tap = tap;
  }

  add(tensors: Tensors): void {
    if (this.#tap.reason !== null) return;
    const input = numbers(tensors, this.#tap.input);
    const output = numbers(tensors, this.#tap.output);
    // Per-head norms see their input before or after heads became an axis: the narrower is theirs.
    const width = Math.min(input.dims.at(-1)!, output.dims.at(-1)!);
    if (width === 0) return;
    addVariances(this.#input, input.data, width);
    addVariances(this.#output, output.data, width);
  }

  endToken(): void {
    this.#inputs.push([this.#input.variance / this.#input.rows]);
    this.#outputs.push([this.#output.variance / this.#output.rows]);
    this.#input = { rows: 0, variance: 0 };
    this.#output = { rows: 0, variance: 0 };
  }

  columns(): NormColumns {
    const { layer, component, reason } = this.#tap;
    return {
      layer,
      component,
      reason,
      inputVariance: this.#inputs.toArray(),
      outputVariance: this.#outputs.toArray(),
    };
  }
}
