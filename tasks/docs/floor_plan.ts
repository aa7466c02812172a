import { meanOf } from "../../lib/sample.ts";
import { directEdges, floorsOf, GROUND, type Room } from "./rooms.ts";

/** A room, or a bend of a line on its way past a floor, with the middle of its place. */
export interface Spot {
  /** `null` for a bend. */
  room: Room | null;
  floor: number;
  width: number;
  x: number;
}

/** Where rooms and the lines between them are drawn; the ground is left out. */
export interface FloorPlan {
  floors: readonly (readonly Spot[])[];
  /** Each line as the spots that it passes, from the importing room down. */
  lines: readonly (readonly Spot[])[];
}

/** How wide things are, in pixels. */
export interface PlanSizes {
  width: number;
  room: number;
  bend: number;
  gap: number;
}

const SWEEPS = 24;

/**
 * Sets out rooms floor by floor so that few lines cross: each floor in the order of the middles of
 * its neighbours, again and again, downwards and upwards (Sugiyama, Tagawa and Toda 1981). A line
 * that passes a floor gets a place on it, so that no line runs behind a room.
 */
export function floorPlan(rooms: readonly Room[], sizes: PlanSizes): FloorPlan {
  const heights = floorsOf(rooms);
  const floors: Spot[][] = [];
  const add = (room: Room | null, floor: number): Spot => {
    const width = room === null ? sizes.bend : sizes.room;
    const spot = { room, floor, width, x: 0 };
    (floors[floor - 1] ??= []).push(spot);
    return spot;
  };
  const drawn = rooms.filter(({ name }) => name !== GROUND)
    .sort((a, b) => heights.get(a.name)! - heights.get(b.name)!);
  const spots = new Map(drawn.map((room) => [room.name, add(room, heights.get(room.name)!)]));
  const lines = directEdges(drawn.map((room) => ({
    ...room,
    imports: room.imports.filter((name) => name !== GROUND),
  }))).map(([from, to]) => {
    const [top, bottom] = [spots.get(from)!, spots.get(to)!];
    const bends = Array.from(
      { length: top.floor - bottom.floor - 1 },
      (_, index) => add(null, top.floor - 1 - index),
    );
    return [top, ...bends, bottom];
  });
  settle(floors, neighboursOf(lines), sizes);
  centre(floors.flat(), sizes.width);
  return { floors, lines };
}

function settle(floors: Spot[][], neighbours: Map<Spot, Spot[]>, sizes: PlanSizes): void {
  for (const floor of floors) spread(floor, sizes);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const floor of sweep % 2 === 0 ? floors : floors.toReversed()) {
      const wanted = new Map(floor.map((spot) => {
        const others = neighbours.get(spot) ?? [];
        const sum = others.reduce((total, { x }) => total + x, 0);
        return [spot, others.length === 0 ? spot.x : sum / others.length];
      }));
      floor.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
      for (const spot of floor) spot.x = wanted.get(spot)!;
      spread(floor, sizes);
    }
  }
}

function centre(spots: readonly Spot[], width: number): void {
  const left = Math.min(...spots.map((spot) => spot.x - spot.width / 2));
  const right = Math.max(...spots.map((spot) => spot.x + spot.width / 2));
  for (const spot of spots) spot.x += (width - left - right) / 2;
}

// Moves spots apart until none overlaps, the floor as a whole to where they wanted to be, and all
// of it onto the page.
function spread(floor: readonly Spot[], { width, gap }: PlanSizes): void {
  const wanted = floor.map(({ x }) => x);
  let right = -Infinity;
  for (const spot of floor) {
    spot.x = Math.max(spot.x, right + gap + spot.width / 2);
    right = spot.x + spot.width / 2;
  }
  const shift = meanOf(wanted) - meanOf(floor.map(({ x }) => x));
  let end = width;
  for (const spot of floor.toReversed()) {
    spot.x = Math.min(spot.x + shift, end - spot.width / 2);
    end = spot.x - spot.width / 2 - gap;
  }
  let start = 0;
  for (const spot of floor) {
    spot.x = Math.max(spot.x, start + spot.width / 2);
    start = spot.x + spot.width / 2 + gap;
  }
}

function neighboursOf(lines: readonly (readonly Spot[])[]): Map<Spot, Spot[]> {
  const found = new Map<Spot, Spot[]>();
  for (const line of lines) {
    for (const [index, spot] of line.entries()) {
      const beside = [line[index - 1], line[index + 1]].filter((one) => one !== undefined);
      found.set(spot, [...found.get(spot) ?? [], ...beside]);
    }
  }
  return found;
}
