import type { AttentionTap } from "../../model/mod.ts";
import { addAttention, type HeadSums, noRows } from "./attention_rows.ts";
import type { HeadColumns } from "../../record.ts";
import { numbers, type Recorder, type Tensors } from "./pass.ts";
import { Rows } from "./rows.ts";

/** Attention weights of a layer, head by head. */
export class AttentionRecorder implements Recorder<HeadColumns> {
  #tap: AttentionTap;
  #numHeads: number | null;
  #sparsityBelow: number;
  #past = 0;
  #sums: HeadSums[] = [];
  #rows: { entropyNats: Rows; largestWeight: Rows; sparsity: Rows } | null = null;

  /** Nothing recorded yet. */
  constructor(tap: AttentionTap, numHeads: number | null, sparsityBelow: number) {
    this.#tap = tap;
    this.#numHeads = numHeads;
    this.#sparsityBelow = sparsityBelow;
  }

  /** The next pass begins at an empty cache. */
  beginAnswer(): void {
    this.#past = 0;
  }

  add(tensors: Tensors): void {
    const { data, dims } = numbers(tensors, this.#tap.output);
    if (data.length === 0) return;
    const width = dims.at(-1)!;
    const total = data.length / width;
    // Groups of heads may stand in an axis of their own or share one with the queries.
    const known = this.#numHeads !== null && total % this.#numHeads === 0;
    const heads = known ? this.#numHeads! : total / dims.at(-2)!;
    if (this.#rows === null) {
      const rows = () => new Rows(heads);
      this.#rows = { entropyNats: rows(), largestWeight: rows(), sparsity: rows() };
    }
    if (this.#sums.length === 0) this.#sums = Array.from({ length: heads }, noRows);
    const pass = { data, width, heads, past: this.#past, rows: this.#tap.rows };
    addAttention(this.#sums, pass, this.#sparsityBelow);
    this.#past += total / heads;
  }

  endToken(): void {
    const sums = this.#sums;
    this.#rows?.entropyNats.push(sums.map((sum) => sum.entropyNats / sum.rows));
    this.#rows?.largestWeight.push(sums.map((sum) => sum.largestWeight / sum.rows));
    this.#rows?.sparsity.push(sums.map((sum) => sum.below / sum.visible));
    this.#sums = [];
  }

  columns(): HeadColumns {
    const { layer, reason } = this.#tap;
    const rows = this.#rows;
    const entropyNats = rows?.entropyNats.toArray() ?? new Float32Array(0);
    return {
      layer,
      heads: rows === null ? 0 : rows.entropyNats.width,
      reason,
      entropyNats,
      largestWeight: rows?.largestWeight.toArray() ?? new Float32Array(0),
      sparsity: rows?.sparsity.toArray() ?? new Float32Array(0),
    };
  }
}
