/** What is drawn adds up: lengths, areas and widths are the energies of the record. */
import { ok, strictEqual } from "node:assert/strict";
import * as charts from "../../lib/charts/mod.ts";
import { type EnergyNode, energyTree, leavesOf } from "../../lib/charts/energy_tree.ts";
import { LARGE, runOf, USUAL } from "./inside_sheets.ts";
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
    ok(parts.length > 1 && sum(whole) > 0, `${rail} of ${bars.map(({ title }) => title)}`);
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
  ok(leaves.length > 10, `${leaves.length} leaves`);
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
  ok(bars.length > 2);
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
