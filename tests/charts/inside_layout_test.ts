/** What the charts of the inside are laid out by: flows, layers, pixels, sums, ramps and ticks. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { inflateSync } from "node:zlib";
import * as charts from "../../lib/charts/mod.ts";
import { encodeIndexedPng } from "../../lib/charts/canvas.ts";
import { layOutFlow } from "../../lib/charts/flow_layout.ts";
import { MOST_RECTANGLES } from "../../lib/charts/heat_grid.ts";
import { layerValues } from "../../lib/charts/layer_values.ts";
import { sumOf } from "../../lib/charts/part_sums.ts";
import { evenness } from "../../lib/charts/routing_values.ts";
import { percent, plain, tickMj } from "../../lib/charts/ticks.ts";
import { rampOver, valueRamp } from "../../lib/charts/value_ramp.ts";
import { LARGE, runOf, USUAL } from "./inside_sheets.ts";
import { rowsOf } from "./stored_rows.ts";

function near(actual: number, expected: number, relative = 1e-9): void {
  ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual}, not ${expected}`);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

Deno.test("layOutFlow() passes on all that comes in, and nodes keep apart", () => {
  const node = (id: string, value: number, from: { id: string; value: number }[]) => ({
    id,
    name: id,
    value,
    detail: "",
    paint: "",
    tooltip: "",
    from: from.map((share) => ({ ...share, paint: "" })),
  });
  const columns = [
    { nodes: [node("s", 100, [])] },
    {
      nodes: [
        node("a", 99.9, [{ id: "s", value: 99.9 }]),
        node("b", 0.1, [{ id: "s", value: 0.1 }]),
      ],
    },
    {
      nodes: [
        node("p", 40, [{ id: "a", value: 40 }]),
        node("q", 60, [{ id: "a", value: 59.9 }, { id: "b", value: 0.1 }]),
      ],
    },
  ];
  const { nodes, ribbons, height } = layOutFlow(columns, 200);
  for (const placed of nodes) {
    ok(placed.y >= 0 && placed.y + placed.height <= height + 1e-9);
    const incoming = ribbons.filter(({ target }) => target === placed);
    const outgoing = ribbons.filter(({ source }) => source === placed);
    for (const { targetY, thickness } of incoming) {
      ok(targetY >= placed.y - 1e-9 && targetY + thickness <= placed.y + placed.height + 1e-9);
    }
    for (const { sourceY, thickness } of outgoing) {
      ok(sourceY >= placed.y - 1e-9 && sourceY + thickness <= placed.y + placed.height + 1e-9);
    }
    for (const side of [incoming, outgoing]) {
      if (side.length > 0) near(sum(side.map(({ thickness }) => thickness)), placed.height);
    }
  }
  for (const column of [0, 1, 2]) {
    const own = nodes.filter((placed) => placed.column === column);
    own.slice(1).forEach((placed, at) => ok(placed.y >= own[at]!.y + own[at]!.height));
    near(sum(own.map((placed) => placed.height)), 200);
  }
});

Deno.test("layerValues() adds up to the layers of the run, from columns and from rows", () => {
  const run = runOf(USUAL);
  const rows = rowsOf(run);
  const sources = [
    layerValues(run, "energy", undefined),
    layerValues({ ...run, inside: { ...run.inside!, cells: null } }, "energy", rows),
    layerValues({ ...run, inside: null }, "energy", { components: rows.components }),
  ];
  for (const found of sources) {
    found!.layers.forEach((layer, row) => {
      const own = found!.values.subarray(row * found!.tokens, (row + 1) * found!.tokens);
      const known = run.inside!.layers.filter((part) => part.layer === layer);
      near(sum([...own]), sum(known.map(({ energyMj }) => energyMj!)), 1e-6);
    });
  }
  const [whole] = sources;
  const one = layerValues(run, "energy", undefined, "q_proj");
  ok(sum([...one!.values]) < 0.3 * sum([...whole!.values]));
  strictEqual(layerValues(run, "energy", undefined, "no_proj"), null);
});

Deno.test("layerHeatmap() turns to pixels when cells are many, in both themes", async () => {
  const large = runOf(LARGE);
  ok(80 * 119 > MOST_RECTANGLES);
  const html = await charts.layerHeatmap(large).toHtml();
  strictEqual(html.match(/<image /g)?.length, 2);
  ok(html.includes("tw-light-only") && html.includes("tw-dark-only"));
  const small = await charts.layerHeatmap(runOf(USUAL)).toSvg();
  ok(!small.includes("<image "));
  strictEqual(small.match(/<title>layer \d+, token \d+: /g)?.length, 6 * 23);
});

Deno.test("encodeIndexedPng() writes one byte a pixel, and what is beyond the palette is clear", () => {
  const png = encodeIndexedPng(2, 2, Uint8Array.of(0, 1, 2, 0), ["#ff0000", "#0000ff"]);
  const chunks = new Map<string, Uint8Array>();
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    chunks.set(type, png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  deepStrictEqual([...chunks.keys()], ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
  deepStrictEqual([...chunks.get("PLTE")!], [255, 0, 0, 0, 0, 255, 0, 0, 0]);
  deepStrictEqual([...chunks.get("tRNS")!], [255, 255, 0]);
  deepStrictEqual([...inflateSync(chunks.get("IDAT")!)], [0, 0, 1, 0, 2, 0]);
});

Deno.test("sumOf() is not known where a part is not known, nor resolved where one is not", () => {
  const part = {
    durationMs: 1,
    energyMj: 2,
    lowMj: 1,
    highMj: 3,
    interval: "hard" as const,
    method: "shared" as const,
    resolved: false,
  };
  const amplified = { ...part, interval: "ci95", method: "amplified", resolved: true } as const;
  strictEqual(sumOf([part, { ...part, energyMj: null }]).energyMj, null);
  deepStrictEqual(sumOf([part, part]), {
    ...part,
    durationMs: 2,
    energyMj: 4,
    lowMj: 2,
    highMj: 6,
  });
  const mixed = sumOf([part, amplified]);
  strictEqual(mixed.method, "sum");
  strictEqual(mixed.resolved, false);
});

Deno.test("rampOver() lets single outliers not wash out the rest, and says so", () => {
  const values = [...Array.from({ length: 400 }, (_, i) => 10 + i % 10), 4000];
  const ramp = rampOver(values)!;
  ok(ramp.high < 30 && ramp.isHighClipped && !ramp.isLowClipped);
  strictEqual(ramp.stepOf(4000), 7);
  strictEqual(rampOver([]), null);
  strictEqual(valueRamp(5, 5).stepOf(5), 7, "one value is seen against zero");
});

Deno.test("evenness() is 1 for even use and 0 for a single expert", () => {
  near(evenness([4, 4, 4, 4]), 1);
  strictEqual(evenness([8, 0, 0]), 0);
});

Deno.test("ticks and shares have no needless digits, and small is not nothing", () => {
  deepStrictEqual([plain(0.30000000000000004), plain(-1500), tickMj(12_000, 12_000)], [
    "0.3",
    "−1,500",
    "12 J",
  ]);
  deepStrictEqual([percent(1, 4), percent(1, 1e6), percent(0, 3), percent(3, 3)], [
    "25.0 %",
    "< 0.1 %",
    "0.0 %",
    "100 %",
  ]);
});
