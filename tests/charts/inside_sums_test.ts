/** What is drawn adds up: lengths, areas and widths are the energies of the record. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { inflateSync } from "node:zlib";
import * as charts from "../../lib/charts/mod.ts";
import { encodeIndexedPng } from "../../lib/charts/canvas.ts";
import { type EnergyNode, energyTree, leavesOf } from "../../lib/charts/energy_tree.ts";
import { layOutFlow } from "../../lib/charts/flow_layout.ts";
import { MOST_RECTANGLES } from "../../lib/charts/heat_grid.ts";
import { layerValues } from "../../lib/charts/layer_values.ts";
import { sumOf } from "../../lib/charts/part_sums.ts";
import { evenness } from "../../lib/charts/routing_values.ts";
import { percent, plain, tickMj } from "../../lib/charts/tick_texts.ts";
import { rampOver, valueRamp } from "../../lib/charts/value_ramp.ts";
import { LARGE, runOf, USUAL } from "./inside_sheets.ts";
import { rowsOf } from "./stored_rows.ts";
import { readSvg } from "./svg_reader.ts";
import { assertSnapshot } from "./snapshot.ts";

function near(actual: number, expected: number, relative = 1e-9): void {
  ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual}, not ${expected}`);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
}

/** Marks with a tooltip. */
async function barsOf(figure: charts.Figure): Promise<Bar[]> {
  const svg = readSvg(await figure.toSvg());
  const number = (rect: Element, name: string) => Number(rect.getAttribute(name));
  return [...svg.querySelectorAll("rect")].filter((rect) => rect.querySelector("title")).map((
    rect,
  ) => ({
    x: number(rect, "x"),
    y: number(rect, "y"),
    width: number(rect, "width"),
    height: number(rect, "height"),
    title: rect.querySelector("title")?.textContent ?? "",
  }));
}

Deno.test("componentBreakdown() draws bars as long as energies, in all the phases' energy", async () => {
  const run = runOf(USUAL);
  const bars = await barsOf(charts.componentBreakdown(run));
  const total = sum(
    run.phases.filter(({ phase }) => phase === "prefill" || phase === "decode")
      .map(({ energy }) => energy.mj ?? 0),
  );
  const perPx = total / sum(bars.map(({ width }) => width));
  strictEqual(bars.length, run.inside!.components.length);
  for (const { component, phase, energyMj } of run.inside!.components) {
    const bar = bars.find(({ title }) => title.startsWith(`${component} in ${phase}:`));
    ok(Math.abs((bar?.width ?? 0) * perPx - energyMj!) < 0.02 * perPx, component);
  }
  for (const row of Map.groupBy(bars, ({ y }) => y).values()) {
    let x = Math.min(...bars.map((bar) => bar.x));
    for (const bar of row) {
      ok(Math.abs(bar.x - x) < 0.02, `${bar.title} begins where the one before it ended`);
      x += bar.width;
    }
  }
});

Deno.test("railBreakdown() stacks the phases' rails to the whole", async () => {
  const bars = await barsOf(charts.railBreakdown(runOf(USUAL)));
  for (const rail of ["CPU", "GPU", "ANE"]) {
    const own = bars.filter(({ title }) => title.startsWith(`${rail},`));
    const whole = own.filter(({ title }) => title.includes("whole")).map(({ width }) => width);
    const parts = own.filter(({ title }) => !title.includes("whole")).map(({ width }) => width);
    ok(Math.abs(sum(whole) - sum(parts)) < 0.05, rail);
  }
});

Deno.test("energyTree() adds up at every node, in both orders", () => {
  const visit = (node: EnergyNode) => {
    if (node.children.length === 0) return;
    near(sum(node.children.map(({ energy }) => energy.energyMj ?? 0)), node.energy.energyMj!, 1e-6);
    node.children.forEach(visit);
  };
  for (const order of ["component", "layer"] as const) {
    for (const shape of [USUAL, LARGE, { operations: true }]) {
      const tree = energyTree(runOf(shape), order);
      ok(tree !== null && leavesOf(tree).length > 20);
      visit(tree);
    }
  }
});

Deno.test("icicle() gives every row the width of what it divides", async () => {
  const bars = await barsOf(charts.icicle(runOf({ operations: true, layers: 3, tokens: 4 })));
  const rows = Map.groupBy(bars, ({ y }) => y);
  strictEqual(rows.size, 5);
  const widest = Math.max(...bars.map(({ width }) => width));
  for (
    const [depth, row] of [...rows].sort(([a], [b]) => a - b).map(([, row], at) =>
      [at, row] as const
    )
  ) {
    ok(Math.max(...row.map(({ x, width }) => x + width)) <= 760.01);
    const drawn = sum(row.map(({ width }) => width));
    // Between many narrow boxes there are many gaps, and the narrowest have no tooltip.
    const least = depth < 3 ? 0.98 : 0.75;
    ok(drawn <= widest + 0.01 && drawn > least * widest, `${drawn} of ${widest}`);
  }
});

Deno.test("treemap() gives areas by energy, and none lies on another", async () => {
  const run = runOf({ layers: 2, tokens: 8 });
  const bars = await barsOf(charts.treemap(run));
  const tree = energyTree(run, "component")!;
  const names = new Set(
    leavesOf(tree).filter(({ family }) => family).map(({ tooltip }) => tooltip),
  );
  const leaves = bars.filter(({ title }) => names.has(title));
  const large = leaves.filter(({ title }) => /^(q_proj|down_proj) in decode/.test(title));
  const energyOf = (title: string) =>
    leavesOf(tree).find(({ tooltip }) => tooltip === title)!.energy.energyMj!;
  const [a, b] = large.map(({ title, width, height }) => width * height / energyOf(title));
  near(a!, b!, 0.1);
  leaves.forEach((one, at) => {
    for (const other of leaves.slice(0, at)) {
      const apart = one.x + one.width <= other.x + 0.02 || other.x + other.width <= one.x + 0.02 ||
        one.y + one.height <= other.y + 0.02 || other.y + other.height <= one.y + 0.02;
      ok(apart, `${one.title} on ${other.title}`);
    }
  });
});

Deno.test("waterfall() begins each step where the last one ended, and ends at the token", async () => {
  const run = runOf(USUAL);
  const bars = (await barsOf(charts.waterfall(run, { token: 3 }))).sort((a, b) => a.x - b.x);
  bars.slice(1).forEach((bar, at) => {
    const before = bars[at]!;
    ok(Math.abs(before.x + before.width - bar.x) < 0.03, `${before.title} | ${bar.title}`);
  });
  const figure = charts.waterfall(run, { token: 3 });
  ok((await figure.toHtml()).includes(`${run.tokens[3]!.energyMj!.toPrecision(3)} mJ`));
});

Deno.test("pipeline() draws areas that are times", async () => {
  const run = runOf(USUAL);
  const bars = await barsOf(charts.pipeline(run));
  const areaOf = (name: string) => {
    const bar = bars.find(({ title }) => title.startsWith(name))!;
    return bar.width * bar.height;
  };
  const decode = run.phases.find(({ phase }) => phase === "decode")!;
  const forward = run.sections.find(({ phase, name }) => phase === "decode" && name === "forward")!;
  near(
    areaOf("decode, forward") / areaOf("decode, decode"),
    forward.durationMs / decode.durationMs,
    0.01,
  );
});

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

Deno.test("charts of the inside look as they were accepted", async () => {
  const run = runOf({ ...USUAL, layers: 2, tokens: 3, heads: 2, experts: 3 });
  const figures: Record<string, charts.Figure> = {
    layer_heatmap: charts.layerHeatmap(run, { width: 640 }),
    rail_breakdown: charts.railBreakdown(run, { width: 640 }),
    sankey: charts.sankey(run, { width: 640 }),
    expert_map: charts.expertMap(run, { width: 640 }),
  };
  for (const [name, figure] of Object.entries(figures)) {
    await assertSnapshot(`${name}.svg`, await figure.toSvg());
  }
});
