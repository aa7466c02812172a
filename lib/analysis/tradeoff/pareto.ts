/** A point that should be fast (to the right) and cheap (to the bottom). */
export interface Rated {
  /** More is better. */
  speed: number;
  /** Less is better. */
  cost: number;
}

/** Points that no other beats at one without losing at the other, the cheapest first. */
export function paretoFront<T extends Rated>(points: readonly T[]): T[] {
  return points.filter((one) => !points.some((other) => beats(other, one)))
    .sort((a, b) => a.cost - b.cost || b.speed - a.speed);
}

/** Whether one point is at least as good at both, and better at one. */
export function beats(one: Rated, other: Rated): boolean {
  return one.speed >= other.speed && one.cost <= other.cost &&
    (one.speed > other.speed || one.cost < other.cost);
}

/**
 * The point of a front that lies farthest on the good side of the straight line between its ends,
 * in logarithms; `null` where none does.
 */
export function kneeOfFront<T extends Rated>(front: readonly T[]): T | null {
  const [first, last] = [front[0], front.at(-1)];
  if (!first || !last || front.length < 3) return null;
  const [dx, dy] = [Math.log(last.speed / first.speed), Math.log(last.cost / first.cost)];
  if (!(dx > 0) || !(dy > 0)) return null;
  const gain = ({ speed, cost }: T) =>
    Math.log(speed / first.speed) / dx - Math.log(cost / first.cost) / dy;
  const best = front.slice(1, -1).reduce((one, other) => gain(other) > gain(one) ? other : one);
  return gain(best) > 0 ? best : null;
}
