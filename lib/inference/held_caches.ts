import type { Kept } from "./runner.ts";

/** Caches that marks hold on to: they outlive the texts that they were of. */
export class HeldCaches {
  readonly #marks = new Map<readonly Kept[], number>();

  /** Whether a mark holds it. */
  has(cache: readonly Kept[]): boolean {
    return this.#marks.has(cache);
  }

  /** One more mark holds it. */
  hold(cache: readonly Kept[]): void {
    this.#marks.set(cache, (this.#marks.get(cache) ?? 0) + 1);
  }

  /** One mark less holds it. */
  letGo(cache: readonly Kept[]): void {
    const others = (this.#marks.get(cache) ?? 1) - 1;
    if (others > 0) this.#marks.set(cache, others);
    else this.#marks.delete(cache);
  }

  /** All of them, which from then on are held no more. */
  takeAll(): (readonly Kept[])[] {
    const all = [...this.#marks.keys()];
    this.#marks.clear();
    return all;
  }
}
