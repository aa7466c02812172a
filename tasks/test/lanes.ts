/** Runs a job as soon as there is room for it; with `isEarly` before those that wait without. */
export type Lanes = <T>(job: () => Promise<T>, isEarly?: boolean) => Promise<T>;

/** Room for so many jobs at once; the others wait, and go in the order in which they came. */
export function openLanes(count: number): Lanes {
  const early: (() => void)[] = [];
  const waiting: (() => void)[] = [];
  let free = count;
  return async (job, isEarly = false) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => (isEarly ? early : waiting).push(go));
    try {
      return await job();
    } finally {
      // Handed on and not freed, or who comes now would overtake who waits.
      const next = early.shift() ?? waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
