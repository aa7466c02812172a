/**
 * Labels beside points: each takes the first of its possible places that is still free.
 *
 * @module
 */

/** A rectangle, in px. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** One way to place a label: everything that it would cover, its leader included. */
export interface Place {
  covers: readonly Box[];
}

/** Whether two rectangles have a point in common. */
export function meet(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/**
 * Gives every wish, in their order, its first place that lies inside the frame and on nothing taken
 * before it; `null` where none does.
 */
export function firstFree<P extends Place>(
  wishes: readonly (readonly P[])[],
  frame: Box,
  taken: readonly Box[] = [],
): (P | null)[] {
  const covered = [...taken];
  const isInside = ({ left, right, top, bottom }: Box) =>
    left >= frame.left && right <= frame.right && top >= frame.top && bottom <= frame.bottom;
  return wishes.map((places) => {
    const place = places.find(({ covers }) =>
      covers.every((box) => isInside(box) && !covered.some((other) => meet(box, other)))
    );
    covered.push(...place?.covers ?? []);
    return place ?? null;
  });
}
