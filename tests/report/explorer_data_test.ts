import assert from "node:assert/strict";
import { explorerData } from "../../lib/report/explorer_data.ts";
import type { ReportedRun } from "../../lib/report/mod.ts";
import { insideRun } from "../charts/insides.ts";
import { rowsOf } from "../charts/stored_rows.ts";
import { sampleRun } from "../fixtures/run.ts";
import { richRun } from "./reports.ts";

const near = (a: number, b: number, relative = 1e-3) => Math.abs(a - b) <= relative * Math.abs(b);

Deno.test("explorerData() has for each layer and token what the run's components add up to", () => {
  const run = richRun();
  const data = explorerData({ run })!;
  const { places, energyMj, lowMj, highMj } = run.inside!.cells!;
  assert.deepEqual(data.metrics.map(({ name }) => name), [
    "energy",
    "time",
    "activation",
    "sparsity",
    "entropy",
  ]);
  const energy = data.metrics[0]!;
  const sum = (column: Float64Array, layer: number, token: number) =>
    places.reduce(
      (mj, place, p) => place.layer === layer ? mj + column[token * places.length + p]! : mj,
      0,
    );
  for (const layer of data.layers) {
    for (let token = 0; token < run.tokens.length; token++) {
      assert.ok(near(energy.cells![layer]![token]!, sum(energyMj, layer, token)));
      assert.ok(near(energy.low![layer]![token]!, sum(lowMj, layer, token)));
      assert.ok(near(energy.high![layer]![token]!, sum(highMj, layer, token)));
    }
  }
  const total = energy.tokens.reduce((mj: number, value) => mj + value!, 0);
  const known = run.groups.reduce((mj, { energy }) => mj + energy.mj!, 0);
  assert.ok(near(total, known), `${total} of ${known}`);
  const layers = data.layerEnergies.reduce((mj, one) => mj + one!.mj, 0);
  const parts = run.inside!.layers.filter(({ phase }) => phase === "decode")
    .reduce((mj, { energyMj }) => mj + energyMj!, 0);
  assert.ok(near(layers * run.totals.decodedTokens, parts));
});

Deno.test("explorerData() reads the rows of a database like the columns of a run", () => {
  const run = richRun();
  const stored = { ...run, inside: { ...run.inside!, cells: null, deep: null } };
  const [own, read] = [explorerData({ run })!, explorerData({ run: stored, rows: rowsOf(run) })!];
  assert.deepEqual(read.metrics, own.metrics);
  assert.match(read.cellNote, /first repetition/);
});

Deno.test("explorerData() says what it does not know with null, and never with 0", () => {
  const run = insideRun({ energies: false });
  const data = explorerData({ run })!;
  assert.deepEqual(data.metrics.map(({ name }) => name), ["time"]);
  assert.ok(data.layerEnergies.every((energy) => energy === null));
  assert.match(data.tokens[1]!.words, /energy not measured/);
  const plain = explorerData({ run: sampleRun() })!;
  assert.deepEqual(plain.layers, []);
  assert.ok(plain.metrics.every(({ cells }) => cells === null));
  assert.equal(explorerData({ run: { ...run, tokens: [] } }), null);
});

Deno.test("explorerData() of a long answer holds as many tokens as a page can bear, and says so", () => {
  const long = <T extends ReportedRun["run"]>(run: T, count: number): T => ({
    ...run,
    tokens: Array.from({ length: count }, (_, index) => ({
      ...run.tokens[index % run.tokens.length]!,
      index,
    })),
  });
  const plain = explorerData({ run: long(sampleRun(), 2100) })!;
  assert.deepEqual([plain.tokens.length, plain.tokenCount], [2000, 2100]);
  const layers = Array.from({ length: 80 }, (_, layer) => ({
    tokenIndex: 0,
    repetition: 0,
    layer,
    durationMs: 1,
    energyMj: 1,
    lowMj: null,
    highMj: null,
  }));
  const run = long(insideRun({ layers: 1 }), 1400);
  const stored = { ...run, inside: { ...run.inside!, cells: null } };
  const data = explorerData({ run: stored, rows: { layers } })!;
  assert.deepEqual([data.tokens.length, data.layers.length], [1250, 80]);
  assert.ok(data.metrics.every(({ tokens }) => tokens.length === 1250));
});
