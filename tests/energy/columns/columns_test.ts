import assert from "node:assert/strict";
import {
  attributeColumns,
  attributeEnergy,
  columnsOf,
  type Ensemble,
  gatherColumns,
  groupWeights,
  sharedEnergyAt,
  type SpanColumns,
  totalColumns,
} from "../../../lib/energy/mod.ts";
import type { EnergySpan, PowerSample, Rail, Span } from "../../../lib/record.ts";
import { uniforms } from "../../../lib/energy/draws.ts";

const TIMES = Deno.env.get("TOKENWATT_LONG") ? 10 : 1;
const LAYERS = 3;
const COMPONENTS = 4;
const READING = { totalRails: ["cpu", "gpu"] as const };

interface Scene {
  samples: PowerSample[];
  phase: Span;
  weights: Float64Array;
}

/** A phase of tokens that divide alike, each in layers of components, as a tree and as columns. */
function randomScene(seed: number): Scene {
  const random = uniforms(seed);
  const samples: PowerSample[] = [];
  for (let startMs = 0; samples.length < 20;) {
    const endMs = startMs + 60 + 80 * random();
    const energyMj = { cpu: Math.floor(300 * random()), gpu: 900 * random() };
    samples.push({ startMs, endMs, energyMj });
    startMs = endMs;
  }
  const weights = Float64Array.from({ length: LAYERS * COMPONENTS }, () => 5 * random());
  const component = (layer: number, name: number): Span => ({
    kind: "component",
    name: `${name}`,
    startMs: null,
    endMs: null,
    weight: weights[layer * COMPONENTS + name] ?? NaN,
    children: [],
  });
  const inside = Array.from({ length: LAYERS }, (_, layer): Span => {
    const children = Array.from({ length: COMPONENTS }, (_, name) => component(layer, name));
    const weight = children.reduce((sum, child) => sum + (child.weight ?? NaN), 0);
    return { kind: "layer", name: `${layer}`, startMs: null, endMs: null, weight, children };
  });
  const endMs = 200 + 900 * random();
  const children: Span[] = [];
  for (let startMs = 150; startMs < endMs - 1;) {
    const untilMs = Math.min(endMs, startMs + 20 + 400 * random() ** 2);
    children.push({
      kind: "token",
      name: `${children.length}`,
      startMs,
      endMs: untilMs,
      children: inside,
    });
    startMs = untilMs;
  }
  return {
    samples,
    phase: { kind: "phase", name: "decode", startMs: 150, endMs, children },
    weights,
  };
}

function attributed({ samples, phase }: Scene, options = {}) {
  const seen: { span: Span; ensemble: Ensemble }[] = [];
  const tree = attributeEnergy(phase, samples, {
    clockBoundMs: 6,
    ...options,
    onNode: (span, ensemble) => {
      if (span.startMs !== null) seen.push({ span, ensemble });
    },
  });
  const of = (kind: Span["kind"]) =>
    columnsOf(seen.filter(({ span }) => span.kind === kind).map(({ ensemble }) => ensemble));
  return { tree, tokens: of("token"), phases: of("phase") };
}

function sharesOf({ weights }: Scene, tokens: SpanColumns) {
  const rowOf = new Int32Array(tokens.durationMs.length);
  const components = { parts: LAYERS * COMPONENTS, weights, rowOf };
  const layerOf = Array.from(
    { length: LAYERS * COMPONENTS },
    (_, at) => Math.floor(at / COMPONENTS),
  );
  return { components, layers: groupWeights(components, layerOf, LAYERS) };
}

Deno.test("attributeColumns() finds what attributeEnergy() finds for the same weights as a tree", () => {
  for (let seed = 1; seed <= 20 * TIMES; seed++) {
    const scene = randomScene(seed);
    for (const error of [{}, { statedError: 0.4 }, { idleMw: 700, idleErrorMw: 20 }]) {
      const { tree, tokens } = attributed(scene, error);
      const { components, layers } = sharesOf(scene, tokens);
      const found = { layers: attributeColumns(tokens, layers) };
      const cells = attributeColumns(tokens, components);
      const reading = { ...READING, ...error };
      const [ofLayers, ofCells] = [found.layers, cells].map((one) => totalColumns(one, reading));
      assert.ok(ofLayers && ofCells);
      tree.children.forEach((token, index) => {
        token.children.forEach((layer, at) => {
          const place = index * LAYERS + at;
          same(sharedEnergyAt(found.layers, ofLayers, place, reading), layer, seed);
          layer.children.forEach((component, part) => {
            const place = index * LAYERS * COMPONENTS + at * COMPONENTS + part;
            same(sharedEnergyAt(cells, ofCells, place, reading), component, seed);
          });
        });
      });
    }
  }
});

function same(found: EnergySpan["energy"], { energy }: EnergySpan, seed: number): void {
  const { method, interval, resolved } = found;
  assert.deepEqual([method, interval, resolved], [energy.method, energy.interval, energy.resolved]);
  const pairs = [
    [found, energy],
    [found.byRail.cpu, energy.byRail.cpu],
    [found.byRail.gpu, energy.byRail.gpu],
    ...(energy.net ? [[found.net, energy.net]] : []),
  ];
  for (const [one, other] of pairs) {
    for (const key of ["mj", "lowMj", "highMj"] as const) {
      const [a, b] = [one?.[key] ?? NaN, other?.[key] ?? NaN];
      assert.ok(
        Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)),
        `seed ${seed} ${key} ${a} ${b}`,
      );
    }
  }
}

Deno.test("attributeColumns() adds up to each span on every rail, and takes a row for each", () => {
  const scene = randomScene(7);
  const { tokens } = attributed(scene);
  const count = tokens.durationMs.length;
  const random = uniforms(7);
  const weights = Float64Array.from({ length: count * 5 }, () => 10 ** (8 * random() - 4));
  const cells = attributeColumns(tokens, { parts: 5, weights });
  for (const rail of ["cpu", "gpu"] as const) {
    for (let token = 0; token < count; token++) {
      const sum = total(
        Array.from(cells.rails.get(rail)?.mj ?? []).slice(token * 5, token * 5 + 5),
      );
      const mj = tokens.rails.get(rail)?.mj[token] ?? NaN;
      assert.ok(Math.abs(sum - mj) <= 1e-9 * Math.abs(mj), `${rail} ${token}`);
    }
  }
});

Deno.test("attributeColumns() leaves NaN what was not measured or has no row, and a rest its part", () => {
  const tokens = spans([40, 40, 40], [400, NaN, 400]);
  const weights = Float64Array.of(1, 3, 0, 0);
  const shares = { parts: 2, weights, rowOf: [0, 0, -1], restPart: 1 };
  const cells = attributeColumns(tokens, shares);
  assert.deepEqual(Array.from(cells.rails.get("cpu")?.mj ?? []), [100, 300, NaN, NaN, NaN, NaN]);
  assert.deepEqual(Array.from(cells.durationMs), [10, 30, 10, 30, NaN, NaN]);
  const reading = { totalRails: ["cpu" as const] };
  const unmeasured = sharedEnergyAt(cells, totalColumns(cells, reading), 2, reading);
  assert.deepEqual([unmeasured.mj, unmeasured.method, unmeasured.byRail.cpu], [null, null, null]);
  assert.ok(totalColumns(cells, READING).mj.every(Number.isNaN), "a total needs all its rails");
  const rest = attributeColumns(tokens, { ...shares, rowOf: [1, 1, 1] });
  assert.deepEqual(Array.from(rest.rails.get("cpu")?.mj ?? []), [0, 400, NaN, NaN, 0, 400]);
});

Deno.test("attributeColumns() and groupWeights() refuse weights that say nothing", () => {
  const tokens = spans([40], [400]);
  const wrong = [
    { parts: 2, weights: Float64Array.of(0, 0) },
    { parts: 2, weights: Float64Array.of(1, -1) },
    { parts: 2, weights: Float64Array.of(1, NaN) },
    { parts: 2, weights: Float64Array.of(1, Infinity) },
    { parts: 2, weights: Float64Array.of(1) },
    { parts: 0, weights: new Float64Array() },
    { parts: 1, weights: Float64Array.of(1, 1) },
    { parts: 1, weights: Float64Array.of(1), rowOf: [1] },
    { parts: 1, weights: Float64Array.of(1), rowOf: [0, 0] },
    { parts: 1, weights: Float64Array.of(0), restPart: 1 },
  ];
  for (const one of wrong) {
    assert.throws(() => attributeColumns(tokens, one), RangeError, JSON.stringify(one));
  }
  const shares = { parts: 2, weights: Float64Array.of(1, 1) };
  for (const groupOf of [[0], [0, 2], [0, -1], [0, 0.5]]) {
    assert.throws(() => groupWeights(shares, groupOf, 2), RangeError, `${groupOf}`);
  }
  const grouped = groupWeights({ ...shares, restPart: 1, rowOf: [0] }, [1, 0], 2);
  assert.deepEqual([grouped.restPart, grouped.rowOf], [0, [0]]);
});

/** Spans whose energy is known exactly, on the CPU, between 0 and 20 W. */
function spans(durationMs: number[], mj: number[], rail: Rail = "cpu"): SpanColumns {
  const column = () => Float64Array.from(mj);
  const bounds = { lowestMw: 0, highestMw: 20_000 };
  return {
    durationMs: Float64Array.from(durationMs),
    rails: new Map([[rail, { mj: column(), lowMj: column(), highMj: column(), bounds }]]),
  };
}

Deno.test("gatherColumns() takes the closer ends of what the parts and what the whole say", () => {
  const shares = { parts: 2, weights: Float64Array.of(1, 3), rowOf: [0, 0] };
  // Known one by one: 10 ms of 40 hold at most 10 × 20 mJ, at least what 30 ms cannot hold.
  const known = attributeColumns(spans([40, 40], [700, 100]), shares);
  const loose = gatherColumns(known, spans([80], [800]), [0, 0]).rails.get("cpu");
  assert.deepEqual(loose?.mj, Float64Array.of(200, 600));
  assert.deepEqual(loose?.lowMj, Float64Array.of(100, 500));
  assert.deepEqual(loose?.highMj, Float64Array.of(300, 700));
  // Known only together: what each may hold alone adds up to more than the rest leaves.
  const open = spans([40, 40], [700, 700]);
  for (const one of open.rails.values()) one.lowMj.fill(0) && one.highMj.fill(800);
  const strewn = attributeColumns(open, shares);
  const tight = gatherColumns(strewn, spans([80], [1400]), [0, 0]).rails.get("cpu");
  assert.deepEqual(tight?.lowMj, Float64Array.of(200, 1000));
  assert.deepEqual(tight?.highMj, Float64Array.of(400, 1200));
  assert.ok((strewn.rails.get("cpu")?.lowMj[1] ?? NaN) === 0);
});

Deno.test("gatherColumns() leaves out −1, and knows nothing of wholes without spans or with lost ones", () => {
  const parts = spans([10, 30, 20], [100, 300, NaN]);
  const wholes = spans([200, 200, 200], [2000, NaN, 2000]);
  const { durationMs, rails } = gatherColumns(parts, wholes, [1, 1, -1]);
  assert.deepEqual(Array.from(durationMs), [NaN, 40, NaN]);
  assert.deepEqual(rails.get("cpu")?.mj, Float64Array.of(NaN, 400, NaN));
  assert.deepEqual(rails.get("cpu")?.highMj, Float64Array.of(NaN, 400, NaN));
  assert.ok(Number.isNaN(gatherColumns(parts, wholes, [0, 0, 0]).rails.get("cpu")?.mj[0]));
  for (const wholeOf of [[0, 1], [0, 0, 3], [0, 0, -2], [0, 0, NaN]]) {
    assert.throws(() => gatherColumns(parts, wholes, wholeOf), RangeError, `${wholeOf}`);
  }
});

Deno.test("columns hold the truth, part by part and gathered, while power stays between its bounds", () => {
  const bounds = { lowestMw: 1000, highestMw: 30_000 };
  for (let seed = 1; seed <= 100 * TIMES; seed++) {
    const random = uniforms(seed);
    const count = 1 + Math.floor(random() * 12);
    const times = Array.from({ length: count }, () => 5 + 60 * random());
    const weights = Float64Array.of(random(), random(), random());
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const truth = times.flatMap((ms) =>
      Array.from(weights, (weight) => {
        const powerMw = 1000 + 29_000 * random() ** (1 + 4 * random());
        return powerMw * ms * weight / sum / 1000;
      })
    );
    const own = times.map((_, token) => total(truth.slice(token * 3, token * 3 + 3)));
    const tokens = spans(times, own);
    const phase = spans([total(times)], [total(own)]);
    for (const one of [...tokens.rails.values(), ...phase.rails.values()]) one.bounds = bounds;
    // Tokens shorter than a record are hardly known by themselves.
    for (const { lowMj, highMj } of seed % 2 ? tokens.rails.values() : []) {
      lowMj.forEach((mj, at) => lowMj[at] = mj * random());
      highMj.forEach((mj, at) => highMj[at] = mj * (1 + random()));
    }
    const cells = attributeColumns(tokens, { parts: 3, weights, rowOf: times.map(() => 0) });
    const gathered = gatherColumns(cells, phase, times.map(() => 0));
    truth.forEach((mj, at) => holds(cells, at, mj, seed));
    for (let part = 0; part < 3; part++) {
      holds(gathered, part, total(truth.filter((_, at) => at % 3 === part)), seed);
    }
  }
});

function holds({ rails }: SpanColumns, at: number, mj: number, seed: number): void {
  const { lowMj, highMj } = rails.get("cpu") ?? {};
  const [low, high] = [lowMj?.[at] ?? NaN, highMj?.[at] ?? NaN];
  assert.ok(low - 1e-9 <= mj && mj <= high + 1e-9, `seed ${seed}: ${low} ${mj} ${high}`);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
