import assert from "node:assert/strict";
import { attributeEnergy, energyOver } from "../../lib/energy/mod.ts";
import type { EnergySpan, PowerSample, Span } from "../../lib/record.ts";
import { uniforms } from "../../lib/energy/draws.ts";

/** Records of the given powers (mW), 100 ms each, from 0. */
function records(...powersMw: number[]): PowerSample[] {
  return powersMw.map((mw, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj: { cpu: mw / 10 },
  }));
}

function span(
  kind: Span["kind"],
  name: string,
  startMs: number,
  endMs: number,
  ...children: Span[]
) {
  return { kind, name, startMs, endMs, children } satisfies Span;
}

Deno.test("energyOver() adds whole records exactly", () => {
  const energy = energyOver(records(2000, 30000, 31000, 32000, 2000), 100, 400);
  assert.equal(energy.mj, 9300);
  assert.equal(energy.method, "integrated");
  assert.equal(energy.interval, "ci95");
  assert.equal(energy.resolved, true);
});

Deno.test("energyOver() takes from an edge record what its outside neighbour's power leaves over", () => {
  // 2 W until 140 ms, 35 W until 460 ms, 2 W after: the edge records hold 8 + 210 and 210 + 8 … mJ.
  const samples = records(2000, 0, 35000, 35000, 0, 2000);
  samples[1] = { startMs: 100, endMs: 200, energyMj: { cpu: 2 * 40 + 35 * 60 } };
  samples[4] = { startMs: 400, endMs: 500, energyMj: { cpu: 35 * 60 + 2 * 40 } };
  const { mj } = energyOver(samples, 140, 460);
  assert.ok(mj !== null && Math.abs(mj - 35 * 320) < 35 * 320 * 1e-3, `${mj}`);
});

Deno.test("energyOver() never takes more from an edge record than it holds, nor less than nothing", () => {
  const spike = records(1000, 90000, 1000, 1000, 1000, 90000, 1000);
  for (const [from, to] of [[101, 510], [190, 599], [150, 550]] as const) {
    const { mj } = energyOver(spike, from, to);
    assert.ok(mj !== null && mj >= 300 && mj <= 18300, `${from}..${to}: ${mj}`);
  }
});

Deno.test("energyOver() is null, not 0, where nothing was measured", () => {
  const samples = records(1000, 1000, 1000);
  assert.equal(energyOver([], 0, 100).mj, null);
  assert.equal(energyOver([], 0, 100).method, null);
  assert.equal(energyOver(samples, 200, 500).mj, null);
  assert.equal(energyOver(samples, -50, 100).mj, null);
  const unmeasured = samples.map((sample) => ({ ...sample, energyMj: { cpu: 100, dram: null } }));
  const energy = energyOver(unmeasured, 0, 300);
  assert.equal(energy.mj, 300);
  assert.equal(energy.byRail.dram, undefined);
  const lost = records(1000, 1000, 1000, 1000);
  lost.splice(1, 1);
  assert.equal(energyOver(lost, 0, 400).mj, null);
});

Deno.test("energyOver() does not add a package to the rails that it contains", () => {
  const samples = records(1000, 1000, 1000, 1000).map((sample) => ({
    ...sample,
    energyMj: { cpu: 60, gpu: 30, package: 100, dram: 20 },
  }));
  assert.equal(energyOver(samples, 0, 400).mj, 480);
  assert.equal(energyOver(samples, 0, 400, { totalRails: ["cpu", "gpu"] }).mj, 360);
});

Deno.test("energyOver() keeps gross and net of idle apart, and never clamps the net", () => {
  const { mj, net } = energyOver(records(1000, 1000, 1000, 1000), 0, 400, { idleMw: 3000 });
  assert.equal(mj, 400);
  assert.equal(net?.mj, -800);
});

Deno.test("energyOver() widens its interval with the clock bound", () => {
  const step = records(1000, 1000, 1000, 1000, 1000, 33000, 33000, 33000, 33000, 33000);
  const sharp = energyOver(step, 250, 650);
  const loose = energyOver(step, 250, 650, { clockBoundMs: 30 });
  const width = (energy: typeof sharp) => (energy.highMj ?? 0) - (energy.lowMj ?? 0);
  assert.ok(width(loose) > 2 * width(sharp), `${width(loose)} ${width(sharp)}`);
});

Deno.test("energyOver() moves the records by the latch delay of their rail", () => {
  // The counters were read 100 ms behind their dates: the true step lies one record later.
  const step = records(1000, 1000, 1000, 21000, 21000, 21000, 21000, 1000, 1000, 1000);
  assert.equal(energyOver(step, 400, 800, { latchMs: 100 }).mj, 8400);
  assert.equal(energyOver(step, 400, 800, { latchMs: { cpu: 100 } }).mj, 8400);
  assert.equal(energyOver(step, 400, 800, { latchMs: { gpu: 100 } }).mj, 6400);
});

Deno.test("energyOver() counts a millijoule of rounding for sources that count in integers", () => {
  const integers = records(1230, 1230, 1230, 1230);
  const { lowMj, highMj, mj } = energyOver(integers, 0, 400);
  assert.equal(mj, 492);
  assert.ok((highMj ?? 0) - (lowMj ?? 0) > 1 && (highMj ?? 0) - (lowMj ?? 0) < 8);
});

Deno.test("energyOver() labels an estimate as one, with its curve's error", () => {
  const energy = energyOver(records(1000, 1000, 1000, 1000), 0, 400, { statedError: 0.5 });
  assert.equal(energy.method, "estimated");
  assert.equal(energy.interval, "hard");
  assert.equal(energy.resolved, false);
  assert.ok((energy.lowMj ?? 0) <= 200 && (energy.highMj ?? 0) >= 600);
});

Deno.test("attributeEnergy() gives a phase shorter than a record hard limits that hold the truth", () => {
  // 30 ms of prefill at 50 W in a record of decode at 20 W: 1500 + 1400 mJ.
  const samples = records(20000, 20000, 20000, 20000, 50000, 20000, 20000, 20000);
  samples[2] = { startMs: 200, endMs: 300, energyMj: { cpu: 50 * 30 + 20 * 70 } };
  const tree = attributeEnergy(
    span(
      "run",
      "run",
      100,
      700,
      span("phase", "a", 100, 240),
      span("phase", "prefill", 240, 270),
      span("phase", "decode", 270, 700),
    ),
    samples,
  );
  const prefill = tree.children[1]?.energy;
  assert.equal(prefill?.method, "shared");
  assert.equal(prefill?.interval, "hard");
  assert.equal(prefill?.resolved, false);
  assert.ok((prefill?.lowMj ?? Infinity) <= 1500 && (prefill?.highMj ?? 0) >= 1500);
});

Deno.test("attributeEnergy() adds gaps where children leave time over", () => {
  const tree = attributeEnergy(
    span("phase", "decode", 0, 400, span("token", "0", 0, 100), span("token", "1", 150, 300)),
    records(1000, 1000, 1000, 1000),
  );
  assert.deepEqual(tree.children.map((child) => child.kind), ["token", "gap", "token", "gap"]);
  assert.equal(tree.children[1]?.energy.mj, 50);
});

Deno.test("attributeEnergy() refuses children that overlap or leave their parent", () => {
  const overlap = span(
    "run",
    "run",
    0,
    300,
    span("phase", "a", 0, 200),
    span("phase", "b", 100, 300),
  );
  assert.throws(() => attributeEnergy(overlap, records(1, 1, 1)), /Cannot place phase "b"/);
  const outside = span("run", "run", 0, 300, span("phase", "a", 200, 400));
  assert.throws(() => attributeEnergy(outside, records(1, 1, 1)), RangeError);
  assert.throws(() => energyOver(records(1), 100, 0), RangeError);
});

Deno.test("attributeEnergy() adds up at every level and in every draw, for random trees, samples and clocks", () => {
  const long = Deno.env.get("TOKENWATT_LONG") ? 2000 : 200;
  for (let seed = 1; seed <= long; seed++) {
    const random = uniforms(seed);
    const { samples, endMs } = randomSamples(random);
    const root = randomSpan(random, "run", endMs * 0.1, endMs * 0.9, 3);
    const nodes: { draws: Float64Array; parts: Float64Array[] }[] = [];
    const partsOf = new Map<Span | undefined, Float64Array[]>();
    const tree = attributeEnergy(root, samples, {
      clockBoundMs: random() * 20,
      latchMs: [-5, 40 * random()],
      seed,
      onNode: (node, ensemble, path) => {
        const draws = ensemble.draws.get("cpu") ?? new Float64Array();
        assert.ok(draws.length > 0 && draws.every(Number.isFinite), `seed ${seed}`);
        const parent = path.at(-1);
        partsOf.set(parent, [...partsOf.get(parent) ?? [], draws]);
        nodes.push({ draws, parts: partsOf.get(node) ?? [] });
      },
    });
    checkSums(tree, seed);
    for (const { draws, parts } of nodes) checkDraws(draws, parts, seed);
  }
});

function randomSamples(random: () => number): { samples: PowerSample[]; endMs: number } {
  const samples: PowerSample[] = [];
  let reachedMs = 0;
  for (let index = 0; index < 5 + random() * 40; index++) {
    const endMs = reachedMs + 50 + random() * 100;
    const cpu = Math.floor(random() * (random() < 0.2 ? 10000 : 500));
    samples.push({ startMs: reachedMs, endMs, energyMj: { cpu, gpu: random() * 100 } });
    reachedMs = endMs;
  }
  return { samples, endMs: reachedMs };
}

function randomSpan(
  random: () => number,
  kind: Span["kind"],
  startMs: number,
  endMs: number,
  depth: number,
): Span {
  const children: Span[] = [];
  let reachedMs = startMs;
  const kinds: Span["kind"][] = ["token", "phase", "repetition"];
  while (depth > 0 && reachedMs < endMs && children.length < 12) {
    const from = reachedMs + (random() < 0.3 ? random() * 10 : 0);
    const to = from + random() * (endMs - startMs) * 0.4;
    if (to > endMs) break;
    children.push(randomSpan(random, kinds[depth - 1] ?? "token", from, to, depth - 1));
    reachedMs = to;
  }
  return { kind, name: `${Math.floor(random() * 3)}`, startMs, endMs, children };
}

function checkDraws(draws: Float64Array, parts: readonly Float64Array[], seed: number): void {
  if (parts.length === 0) return;
  draws.forEach((mj, draw) => {
    const sum = parts.reduce((total, part) => total + (part[draw] ?? NaN), 0);
    const scale = parts.reduce((total, part) => total + Math.abs(part[draw] ?? NaN), Math.abs(mj));
    assert.ok(Math.abs(sum - mj) <= 1e-9 * scale, `seed ${seed} draw ${draw}: ${sum} ${mj}`);
  });
}

function checkSums(node: EnergySpan, seed: number): void {
  const { energy, children } = node;
  assert.ok(energy.mj !== null && Number.isFinite(energy.mj), `seed ${seed} ${node.kind}`);
  assert.ok((energy.lowMj ?? NaN) <= energy.mj && energy.mj <= (energy.highMj ?? NaN));
  if (children.length === 0) return;
  const parts = children.map((child) => child.energy.mj ?? NaN);
  const sum = parts.reduce((total, mj) => total + mj, 0);
  const scale = Math.max(Math.abs(energy.mj), parts.reduce((total, mj) => total + Math.abs(mj), 0));
  assert.ok(
    Math.abs(sum - energy.mj) <= 1e-9 * scale,
    `seed ${seed} ${node.kind}: ${sum} ${energy.mj}`,
  );
  for (const child of children) checkSums(child, seed);
}
