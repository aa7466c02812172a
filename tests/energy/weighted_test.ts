import assert from "node:assert/strict";
import { attributeEnergy, type Ensemble } from "../../lib/energy/mod.ts";
import type { EnergySpan, PowerSample, Span, SpanKind } from "../../lib/record.ts";
import { uniforms } from "../../lib/energy/draws.ts";

const TIMES = Deno.env.get("TOKENWATT_LONG") ? 10 : 1;
const INSIDE: readonly SpanKind[] = ["layer", "component", "operation"];

/** Records of the given powers (mW), 100 ms each, from 0. */
function records(...powersMw: number[]): PowerSample[] {
  return powersMw.map((mw, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj: { cpu: mw / 10 },
  }));
}

function token(startMs: number, endMs: number, ...children: Span[]): Span {
  return { kind: "token", name: "0", startMs, endMs, children };
}

function weighted(weight: number, ...children: Span[]): Span {
  return { kind: "layer", name: `${weight}`, startMs: null, endMs: null, weight, children };
}

Deno.test("attributeEnergy() gives weighted children their share, in every draw, unresolved", () => {
  const draws = new Map<string, Ensemble>();
  const tree = attributeEnergy(
    token(100, 500, weighted(3), weighted(1)),
    records(1000, 1000, 1000, 1000, 1000, 1000),
    { clockBoundMs: 5, onNode: (span, ensemble) => draws.set(span.name, ensemble) },
  );
  const [heavy, light] = tree.children.map(({ energy }) => energy.mj ?? NaN);
  assert.ok(Math.abs((heavy ?? NaN) - 300) < 0.5, `${heavy}`);
  assert.ok(Math.abs((heavy ?? NaN) - 3 * (light ?? NaN)) < 1e-9);
  for (const { energy } of tree.children) {
    assert.deepEqual([energy.method, energy.interval, energy.resolved], ["shared", "hard", false]);
  }
  const whole = draws.get("0")?.draws.get("cpu") ?? [];
  assert.ok(whole.length > 0);
  whole.forEach((mj, draw) => {
    const part = draws.get("3")?.draws.get("cpu")?.[draw] ?? NaN;
    assert.ok(Math.abs(part - mj * 0.75) < 1e-9 * mj);
  });
});

Deno.test("attributeEnergy() bounds a weighted child by what its time and the rest can hold", () => {
  // 20 W for 400 ms, between 2 and 25 W: 300 ms hold 8 − 2.5 J at least (less 4 mJ of
  // rounding), 25 W × 0.3 s at most.
  const samples = records(2000, 20000, 20000, 20000, 20000, 2000);
  const options = { idleMw: 4000, highestMw: { cpu: 25000 } };
  const tree = attributeEnergy(token(100, 500, weighted(6), weighted(2)), samples, options);
  const limits = tree.children.map(({ energy }) => [energy.lowMj, energy.highMj]);
  assert.deepEqual(limits, [[5496, 7500], [496, 2500]]);
  const layer = weighted(6, weighted(5), weighted(5));
  const nested = attributeEnergy(token(100, 500, layer, weighted(2)), samples, options);
  const half = nested.children[0]?.children[0]?.energy;
  // 150 of the 300 ms: as if they were cut from the 400 ms at once.
  assert.deepEqual([half?.mj, half?.lowMj, half?.highMj], [3000, 1746, 3750]);
});

Deno.test("attributeEnergy() gives to other what weights of 0 leave, on each level", () => {
  const tree = attributeEnergy(
    token(0, 400, weighted(3, weighted(0)), weighted(1), weighted(0, weighted(2))),
    records(1000, 1000, 1000, 1000),
  );
  const [heavy, , empty] = tree.children;
  assert.deepEqual(heavy?.children.map(({ kind, energy }) => [kind, energy.mj]), [
    ["layer", 0],
    ["other", 300],
  ]);
  assert.equal(empty?.energy.mj, 0);
  assert.equal(empty?.children[0]?.energy.mj, 0);
});

Deno.test("attributeEnergy() leaves weighted children null where nothing was measured", () => {
  const whole = token(0, 400, weighted(3, weighted(1)), weighted(1));
  for (const samples of [[], records(1000, 1000)]) {
    const [first] = attributeEnergy(whole, samples).children;
    assert.deepEqual([first?.energy.mj, first?.energy.method], [null, null]);
    assert.equal(first?.children[0]?.energy.highMj, null);
  }
  const partly = records(1000, 1000, 1000, 1000).map((sample, index) => ({
    ...sample,
    energyMj: { cpu: 100, gpu: index === 1 ? null : 50 },
  }));
  const [first] = attributeEnergy(whole, partly).children;
  assert.deepEqual([first?.energy.mj, first?.energy.byRail.cpu?.mj, first?.energy.byRail.gpu], [
    null,
    300,
    null,
  ]);
});

Deno.test("attributeEnergy() labels the parts of an estimate as estimated", () => {
  const [first] = attributeEnergy(
    token(0, 400, weighted(1), weighted(1)),
    records(1000, 1000, 1000, 1000),
    { statedError: 0.5 },
  ).children;
  assert.deepEqual([first?.energy.method, first?.energy.resolved], ["estimated", false]);
  assert.ok((first?.energy.highMj ?? 0) >= 300);
});

Deno.test("attributeEnergy() adds up inside tokens, in the mean and every draw, for random trees, samples and clocks", () => {
  for (let seed = 1; seed <= 60 * TIMES; seed++) {
    const random = uniforms(seed);
    const { samples, endMs } = randomSamples(random);
    const drawsBelow = new Map<Span, Float64Array[]>();
    const tree = attributeEnergy(randomPhase(random, endMs), samples, {
      clockBoundMs: random() * 20,
      latchMs: [-5, 40 * random()],
      seed,
      ...(random() < 0.5 ? { idleMw: 500 } : {}),
      onNode: (span, { draws }, path) => {
        const own = draws.get("cpu") ?? new Float64Array();
        assert.ok(own.length > 0);
        const parts = drawsBelow.get(span) ?? [];
        if (parts.length > 0) checkDraws(own, parts, seed);
        drawsBelow.delete(span);
        const parent = path.at(-1);
        if (parent) drawsBelow.set(parent, [...drawsBelow.get(parent) ?? [], own]);
      },
    });
    checkNode(tree, seed);
  }
});

function randomSamples(random: () => number): { samples: PowerSample[]; endMs: number } {
  const samples: PowerSample[] = [];
  let reachedMs = 0;
  for (let index = 0; index < 5 + random() * 30; index++) {
    const endMs = reachedMs + 50 + random() * 100;
    const cpu = Math.floor(random() * (random() < 0.2 ? 10000 : 500));
    samples.push({ startMs: reachedMs, endMs, energyMj: { cpu, gpu: random() * 100 } });
    reachedMs = endMs;
  }
  return { samples, endMs: reachedMs };
}

function randomPhase(random: () => number, endMs: number): Span {
  const children: Span[] = [];
  let reachedMs = endMs * 0.1;
  while (children.length < 20) {
    const untilMs = reachedMs + random() ** 3 * endMs * 0.4;
    if (untilMs > endMs * 0.9) break;
    children.push(token(reachedMs, untilMs, ...randomInside(random, 0)));
    reachedMs = untilMs + (random() < 0.2 ? 3 : 0);
  }
  return { kind: "phase", name: "decode", startMs: endMs * 0.1, endMs: endMs * 0.9, children };
}

function randomInside(random: () => number, depth: number): Span[] {
  const kind = INSIDE[depth];
  if (!kind || random() < 0.2) return [];
  // Weights of 0, of all sizes, and levels of nothing but zeros.
  const scale = random() < 0.15 ? 0 : 10 ** (random() * 12 - 6);
  return Array.from({ length: Math.ceil(random() * 4) }, (_, index) => ({
    kind,
    name: `${index}`,
    startMs: null,
    endMs: null,
    weight: random() < 0.2 ? 0 : random() * scale,
    children: randomInside(random, depth + 1),
  }));
}

function checkDraws(whole: Float64Array, parts: readonly Float64Array[], seed: number): void {
  whole.forEach((mj, draw) => {
    const own = parts.map((part) => part[draw] ?? NaN);
    checkSum(mj, own, `seed ${seed} draw ${draw}`);
  });
}

function checkNode({ kind, energy, children }: EnergySpan, seed: number): void {
  const { mj, lowMj, highMj } = energy;
  assert.ok(mj !== null && lowMj !== null && highMj !== null);
  assert.ok(lowMj <= mj && mj <= highMj, `seed ${seed} ${kind}`);
  if (children.length === 0) return;
  checkSum(mj, children.map((child) => child.energy.mj ?? NaN), `seed ${seed} ${kind}`);
  for (const child of children) checkNode(child, seed);
}

function checkSum(mj: number, parts: readonly number[], where: string): void {
  const sum = parts.reduce((total, part) => total + part, 0);
  const scale = Math.max(Math.abs(mj), parts.reduce((total, part) => total + Math.abs(part), 0));
  assert.ok(Math.abs(sum - mj) <= 1e-9 * scale, `${where}: ${sum} ${mj}`);
}
