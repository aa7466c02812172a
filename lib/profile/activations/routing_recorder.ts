import type { RoutingTap } from "../../model/mod.ts";
import type { RoutingColumns } from "../../record.ts";
import { numbers, type Recorder, type Tensors } from "./pass.ts";
import { addRouting, noRouting, type RoutingSums } from "./routing_rows.ts";
import { Rows } from "./rows.ts";

/** Whom the router of a layer chooses. */
export class RoutingRecorder implements Recorder<RoutingColumns> {
  #tap: RoutingTap;
  #sums: RoutingSums | null = null;
  #entropies = new Rows(1);
  #weights: Rows | null = null;
  #positions: Rows | null = null;
  #experts = 0;

  /** Nothing recorded yet. */
  constructor(tap: RoutingTap) {
    this.#tap = tap;
  }

  add(tensors: Tensors): void {
    const tap = this.#tap;
    const { data, dims } = numbers(tensors, tap.output);
    if (data.length === 0) return;
    this.#experts = dims.at(-1)!;
    this.#sums ??= noRouting(this.#experts);
    const chosen = tap.chosen === null ? undefined : tensors.get(tap.chosen)?.data;
    const weights = numbers(tensors, tap.weights).data;
    const told = chosen instanceof BigInt64Array || chosen instanceof Int32Array;
    addRouting(this.#sums, {
      values: data,
      rows: tap.rows,
      chosen: told
        ? { experts: chosen, weights: weights.length === chosen.length ? weights : null }
        : null,
      count: tap.experts ?? 0,
      normalized: tap.normalized,
    });
  }

  endToken(): void {
    const sums = this.#sums ?? noRouting(this.#experts);
    this.#sums = null;
    this.#entropies.push([sums.entropyNats / sums.rows]);
    if (this.#experts === 0) return;
    this.#weights ??= new Rows(this.#experts);
    this.#positions ??= new Rows(this.#experts);
    this.#weights.push(sums.weight);
    this.#positions.push(sums.positions);
  }

  columns(): RoutingColumns {
    const { layer, reason } = this.#tap;
    return {
      layer,
      experts: this.#experts,
      reason,
      entropyNats: this.#entropies.toArray(),
      weight: this.#weights?.toArray() ?? new Float32Array(0),
      positions: this.#positions?.toArray() ?? new Float32Array(0),
    };
  }
}
