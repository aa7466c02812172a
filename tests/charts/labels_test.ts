import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { overlap, placeLabels, textWidth, wrapText } from "../../lib/charts/labels.ts";

const BOUNDS = { left: 0, right: 600, size: 11 };

function wish(left: number, right: number, key: string) {
  return { lines: [key, "100 ms · 200 mJ"] as const, left, right, key };
}

Deno.test("placeLabels() puts a label inside its stretch where it fits", () => {
  const [label] = placeLabels([wish(100, 400, "decode")], BOUNDS);
  strictEqual(label?.row, 0);
  ok(label.x >= 100 && label.x + label.width <= 400);
});

Deno.test("placeLabels() gives a narrow stretch a label above that spans its leader", () => {
  const [label] = placeLabels([wish(10, 14, "prefill")], BOUNDS);
  strictEqual(label?.row, 1);
  ok(label.x <= 12 && 12 <= label.x + label.width);
  ok(label.x >= 0);
});

Deno.test("placeLabels() never overlaps and leaves out what has no room", () => {
  const wishes = Array.from({ length: 60 }, (_, i) => wish(i * 10, i * 10 + 9, `phase ${i}`));
  const labels = placeLabels(wishes, BOUNDS);
  ok(labels.length >= 2 && labels.length < 60);
  labels.forEach((a, at) => {
    ok(a.x >= 0 && a.x + a.width <= 600);
    labels.slice(0, at).forEach((b) => ok(!overlap(a, b), `${a.key} on ${b.key}`));
  });
});

Deno.test("placeLabels() moves neighbours apart rather than drop one", () => {
  const labels = placeLabels([wish(290, 300, "a"), wish(320, 330, "b")], BOUNDS);
  deepStrictEqual(labels.map((label) => label.key), ["a", "b"]);
});

Deno.test("placeLabels() names the same thing once above the frame", () => {
  const labels = placeLabels([wish(10, 14, "x"), wish(300, 330, "x")], BOUNDS);
  deepStrictEqual(labels.map((label) => label.left), [300]);
});

Deno.test("wrapText() keeps every line within the width, and every word", () => {
  const text = "Each step is the mean over one power record, about every 104 ms.";
  const lines = wrapText(text, 150, 12);
  strictEqual(lines.join(" "), text);
  for (const line of lines) ok(textWidth(line, 12) <= 150, line);
});

Deno.test("wrapText() cuts a word that is wider than the line", () => {
  const [line = ""] = wrapText("a".repeat(500), 100, 12);
  ok(textWidth(line, 12) <= 100 && line.endsWith("…"));
});
