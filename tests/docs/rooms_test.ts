import assert from "node:assert/strict";
import { join } from "node:path";
import { floorPlan } from "../../tasks/docs/floor_plan.ts";
import { directEdges, floorsOf, GROUND, readRooms, type Room } from "../../tasks/docs/rooms.ts";
import { roomsDrawing } from "../../tasks/docs/rooms_drawing.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const ROOMS = await readRooms(ROOT);
const SIZES = { width: 800, room: 178, bend: 8, gap: 22 };

const room = (name: string, ...imports: string[]): Room => ({ name, purpose: "", imports });

Deno.test("imports between the rooms of lib/ point downwards only", () => {
  const floors = floorsOf(ROOMS);
  for (const { name, imports } of ROOMS) {
    for (const other of imports) {
      assert.ok(floors.get(other)! < floors.get(name)!, `${name} imports ${other}`);
    }
  }
  assert.deepEqual(ROOMS.find(({ name }) => name === GROUND)?.imports, []);
});

Deno.test("imports between rooms keep the order that CONTRIBUTING.md states", async () => {
  const text = await Deno.readTextFile(join(ROOT, "CONTRIBUTING.md"));
  const [, order = ""] = /`(tasks, [^`→]+→[^`]+)`/.exec(text) ?? [];
  const levels = order.split("→").map((level) => level.split(",").map((name) => name.trim()));
  const levelOf = (name: string) => levels.findIndex((level) => level.includes(name));
  assert.ok(levels.length > 5);
  for (const { name, imports } of ROOMS.filter(({ name }) => levelOf(name) >= 0)) {
    for (const other of imports.filter((one) => levelOf(one) >= 0)) {
      assert.ok(levelOf(name) <= levelOf(other), `${name} imports ${other}, which stands above it`);
    }
  }
});

Deno.test("readRooms() finds static, type-only and dynamic imports, and workers", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (const name of ["a", "b", "c", "d", "e"]) {
      await Deno.mkdir(`${root}/lib/${name}`, { recursive: true });
    }
    const import_ = "import";
    await Deno.writeTextFile(
      `${root}/lib/a/mod.ts`,
      `/**\n * What a does: much.\n *\n * @module\n */\n${import_} { b } from "../b/mod.ts";\n` +
        `${import_} type { C } from "../c/mod.ts";\nconst d = await ${import_}("../d/mod.ts");\n` +
        `new Worker(new URL("../e/worker.ts", ${import_}.meta.url));\nexport * from "./own.ts";\n` +
        `${import_} { now } from "../clock.ts";\n`,
    );
    const [found] = await readRooms(root);
    assert.deepEqual(found, {
      name: "a",
      purpose: "What a does",
      imports: ["b", "c", "d", "e", GROUND],
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("floorsOf() names a circle of rooms", () => {
  assert.throws(() => floorsOf([room("a", "b"), room("b", "c"), room("c", "a")]), /a → b → c → a/);
  assert.deepEqual([...floorsOf([room("a", "b", "c"), room("b", "c"), room("c")])], [
    ["c", 0],
    ["b", 1],
    ["a", 2],
  ]);
});

Deno.test("directEdges() leaves out what follows from a longer way", () => {
  const edges = directEdges([room("a", "b", "c"), room("b", "c"), room("c")]);
  assert.deepEqual(edges, [["a", "b"], ["b", "c"]]);
});

Deno.test("floorPlan() places every room on the page and none upon another", () => {
  const { floors, lines } = floorPlan(ROOMS, SIZES);
  for (const floor of floors) {
    let right = 0;
    for (const { x, width } of floor.toSorted((a, b) => a.x - b.x)) {
      assert.ok(x - width / 2 >= right - 1e-9);
      right = x + width / 2;
    }
    assert.ok(right <= SIZES.width + 1e-9);
  }
  for (const line of lines) {
    for (const [index, spot] of line.slice(1).entries()) {
      assert.equal(spot.floor, line[index]!.floor - 1, "a line goes down floor by floor");
    }
  }
});

Deno.test("roomsDrawing() names every room and escapes what their doors say", () => {
  const drawing = roomsDrawing([...ROOMS, {
    name: "zoo",
    purpose: 'a <b> & "c"',
    imports: [GROUND],
  }]);
  for (const { name } of ROOMS.filter(({ name }) => name !== GROUND)) {
    assert.ok(drawing.includes(`>${name}</text>`), name);
  }
  assert.ok(drawing.includes("a &lt;b> &amp; &quot;c&quot;"));
});
