import type { PowerTimelinePoint } from "./rows.ts";

/**
 * Fewer points that look the same: of each stretch of time the lowest and the highest stay, and of
 * the whole the first and the last. The points that stay are records as they were, so their
 * energies no longer add up to the run's.
 */
export function thinOut(
  points: readonly PowerTimelinePoint[],
  maxPoints: number,
): PowerTimelinePoint[] {
  if (points.length <= maxPoints) return [...points];
  const kept = new Set([0, points.length - 1]);
  const stretches = Math.max(1, Math.floor((maxPoints - 2) / 2));
  for (let i = 0; i < stretches; i++) {
    const from = Math.floor(i * points.length / stretches);
    const to = Math.floor((i + 1) * points.length / stretches);
    const by = (sign: 1 | -1) => {
      let best = from;
      for (let at = from + 1; at < to; at++) {
        if (sign * height(points[at]!) > sign * height(points[best]!)) best = at;
      }
      return best;
    };
    kept.add(by(1)).add(by(-1));
  }
  return [...kept].sort((a, b) => a - b).map((at) => points[at]!);
}

function height({ totalMw, powerMw }: PowerTimelinePoint): number {
  return totalMw ?? Object.values(powerMw).reduce<number>((sum, mw) => sum + (mw ?? 0), 0);
}
