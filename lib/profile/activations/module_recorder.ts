/**
 * Statistics of what modules put out, token after token.
 *
 * @module
 */
import type { TappedTensor } from "../../inference/mod.ts";
import type { TapSite } from "../../model/mod.ts";
import type { ActivationColumns } from "./columns.ts";
import { Moments } from "./moments.ts";
import { Rows } from "./rows.ts";

/** Takes the tensors of one pass after another; a token may take several passes. */
export class ModuleRecorder {
  readonly #sites: readonly TapSite[];
  readonly #sparsityBelow: number;
  readonly #moments: Moments[];
  readonly #rows: { [K in (typeof COLUMNS)[number]]: Rows };
  #tokens = 0;

  /** Records `sites`; |x| under `sparsityBelow` counts as zero. */
  constructor(sites: readonly TapSite[], sparsityBelow: number) {
    this.#sites = sites;
    this.#sparsityBelow = sparsityBelow;
    this.#moments = sites.map(() => new Moments());
    const rows = () => new Rows(sites.length);
    this.#rows = {
      meanAbs: rows(),
      std: rows(),
      maxAbs: rows(),
      sparsity: rows(),
      nonFinite: rows(),
    };
  }

  /** Adds the tensors of a pass to the current token. */
  add(tensors: ReadonlyMap<string, TappedTensor>): void {
    for (const [i, { output }] of this.#sites.entries()) {
      const data = output === null ? undefined : tensors.get(output)?.data;
      if (data instanceof Float32Array) this.#moments[i]!.add(data, this.#sparsityBelow);
    }
  }

  /** Ends the current token. */
  endToken(): void {
    const all = this.#moments.map((moments) => moments.statistics());
    for (const column of ["meanAbs", "std", "maxAbs", "sparsity"] as const) {
      this.#rows[column].push(all.map((one) => one?.[column] ?? NaN));
    }
    this.#rows.nonFinite.push(
      this.#moments.map((m) => m.count + m.nonFinite === 0 ? NaN : m.nonFinite),
    );
    for (const moments of this.#moments) moments.clear();
    this.#tokens++;
  }

  /** All tokens that have ended. */
  columns(): ActivationColumns {
    return {
      sites: this.#sites,
      tokens: this.#tokens,
      meanAbs: this.#rows.meanAbs.toArray(),
      std: this.#rows.std.toArray(),
      maxAbs: this.#rows.maxAbs.toArray(),
      sparsity: this.#rows.sparsity.toArray(),
      nonFinite: this.#rows.nonFinite.toArray(),
      sparsityBelow: this.#sparsityBelow,
    };
  }
}

const COLUMNS = ["meanAbs", "std", "maxAbs", "sparsity", "nonFinite"] as const;
