/** Runs a job as soon as there is room for it. */
export type Lanes = <T>(job: () => Promise<T>) => Promise<T>;

/** Room for so many jobs at once; the others wait, and go in the order in which they came. */
export function openLanes(count: number): Lanes {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (job) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await job();
    } finally {
      // Handed on and not freed, or who comes now would overtake who waits.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
