import type { GateTap } from "../../model/mod.ts";
import type { GateColumns } from "../../record.ts";
import { numbers, type Recorder, type Tensors } from "./pass.ts";
import { Rows } from "./rows.ts";

/** How many values an activation function turns off, or nearly so. */
export class GateRecorder implements Recorder<GateColumns> {
  #tap: GateTap;
  #killed = 0;
  #count = 0;
  #rows = new Rows(1);

  /** Nothing recorded yet. */
  constructor(tap: GateTap) {
    this.#tap = tap;
  }

  add(tensors: Tensors): void {
    for (const name of this.#tap.outputs) {
      const { data } = numbers(tensors, name);
      let killed = 0;
      for (let i = 0; i < data.length; i++) if (data[i]! <= 0) killed++;
      this.#killed += killed;
      this.#count += data.length;
    }
  }

  endToken(): void {
    this.#rows.push([this.#killed / this.#count]);
    this.#killed = this.#count = 0;
  }

  columns(): GateColumns {
    const { layer, reason } = this.#tap;
    return { layer, reason, killRatio: this.#rows.toArray() };
  }
}
