import { type FloorPlan, floorPlan, type Spot } from "./floor_plan.ts";
import { GROUND, type Room } from "./rooms.ts";

const WIDTH = 840;
const MARGIN = 20;
const ROOM = { width: 178, height: 58 };
const BAR = 46;
const STOREY = 104;
const INNER = WIDTH - 2 * MARGIN;

const STYLE = `
text{font-family:-apple-system,BlinkMacSystemFont,"Segoe UI",sans-serif;text-anchor:middle}
.page{fill:#ffffff}.room{fill:#f3f4f6;stroke:#c9cdd5}.bar{fill:#e4edfc}
.name{fill:#1b1d22;font-size:14px;font-weight:600}.purpose{fill:#5f6672;font-size:10.5px}
.line{fill:none;stroke:#9aa1ad;stroke-width:1.4}.head{fill:#9aa1ad}
@media (prefers-color-scheme:dark){
.page{fill:#15171c}.room{fill:#20232a;stroke:#454b57}.bar{fill:#19233a}
.name{fill:#eceef2}.purpose{fill:#a3aab6}.line{stroke:#6d7482}.head{fill:#6d7482}}
`;

/** The rooms of `lib/` as a picture: who imports from whom, what follows from that left out. */
export function roomsDrawing(rooms: readonly Room[]): string {
  const plan = floorPlan(rooms, { width: INNER, room: ROOM.width, bend: 8, gap: 22 });
  const groundY = MARGIN + BAR + 30 + plan.floors.length * STOREY;
  const height = groundY + BAR + MARGIN;
  const yOf = (spot: Spot) => groundY - spot.floor * STOREY + STOREY / 2 - 12;
  const ground = rooms.find(({ name }) => name === GROUND);
  const body = [
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    ...plan.lines.map((line) => path(line, yOf)),
    bar(MARGIN, "tasks, notebooks, your code", "use any room, through its door: mod.ts"),
    ...plan.floors.flat().filter((spot) => spot.room !== null).map((spot) => box(spot, yOf(spot))),
    bar(groundY, "record, clock, errors", `${ground?.purpose ?? ""}: every room stands on them`),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" aria-label="${escaped(spoken(plan))}">` +
    `<style>${STYLE}</style>` +
    `<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" ` +
    `orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker>\n${body.join("\n")}\n</svg>\n`;
}

function box(spot: Spot, y: number): string {
  const { name, purpose } = spot.room!;
  const left = spot.x + MARGIN - ROOM.width / 2;
  const [first, second] = inTwo(purpose);
  const lines = second === ""
    ? text("purpose", spot.x + MARGIN, y + 13, first)
    : text("purpose", spot.x + MARGIN, y + 9, first) +
      text("purpose", spot.x + MARGIN, y + 22, second);
  return `<rect class="room" x="${round(left)}" y="${round(y - ROOM.height / 2)}" ` +
    `width="${ROOM.width}" height="${ROOM.height}" rx="7"/>` +
    text("name", spot.x + MARGIN, y - 8, name) + lines;
}

function bar(y: number, name: string, purpose: string): string {
  return `<rect class="bar" x="${MARGIN}" y="${y}" width="${INNER}" height="${BAR}" rx="7"/>` +
    text("name", WIDTH / 2, y + 20, name) + text("purpose", WIDTH / 2, y + 36, purpose);
}

function path(line: readonly Spot[], yOf: (spot: Spot) => number): string {
  const points = line.flatMap((spot): [number, number][] => {
    const [x, y] = [spot.x + MARGIN, yOf(spot)];
    if (spot === line[0]) return [[x, y + ROOM.height / 2]];
    if (spot === line.at(-1)) return [[x, y - ROOM.height / 2]];
    return [[x, y - ROOM.height / 2], [x, y + ROOM.height / 2]];
  });
  const steps = points.slice(1).map(([x, y], index) => {
    const [fromX, fromY] = points[index]!;
    const middle = (fromY + y) / 2;
    return `C${round(fromX)} ${round(middle)} ${round(x)} ${round(middle)} ${round(x)} ${round(y)}`;
  });
  const [x, y] = points[0]!;
  return `<path class="line" marker-end="url(#head)" d="M${round(x)} ${round(y)}${
    steps.join("")
  }"/>`;
}

function spoken({ lines }: FloorPlan): string {
  const pairs = lines.map((line) => `${line[0]!.room!.name} from ${line.at(-1)!.room!.name}`);
  return `The rooms of lib and what they import: ${pairs.join(", ")}; all from the ground.`;
}

// Two lines of about the same length, where one would be wider than its room.
function inTwo(words: string): [string, string] {
  if (words.length <= 32) return [words, ""];
  const spaces = [...words.matchAll(/ /g)].map(({ index }) => index);
  const far = (at: number) => Math.abs(at - words.length / 2);
  const at = spaces.sort((a, b) => far(a) - far(b))[0] ?? words.length;
  return [words.slice(0, at), words.slice(at + 1)];
}

function text(kind: string, x: number, y: number, content: string): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}">${escaped(content)}</text>`;
}

function round(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
