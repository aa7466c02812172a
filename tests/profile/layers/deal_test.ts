import assert from "node:assert/strict";
import { cellsOf } from "../../../lib/profile/layers/cells.ts";
import {
  type CleanToken,
  correctionOf,
  dealToken,
  onGrid,
  type ProfiledToken,
} from "../../../lib/profile/layers/deal.ts";
import { operation, pass } from "./made_passes.ts";
import { mulberry } from "./random.ts";

const OPERATIONS = [
  operation("q_proj", "MatMul"),
  operation("attention", "Softmax"),
  operation("attention_2", "Reshape", { place: { layer: 0, component: "attention" } }),
  operation("lm_head", "MatMul", { place: { layer: null, component: "lm_head" } }),
];
const CELLS = cellsOf(OPERATIONS);

function randomToken(random: () => number): ProfiledToken {
  const passes = Array.from(
    { length: 1 + Math.floor(random() * 3) },
    () => pass(OPERATIONS.map(() => Math.round(random() * 1000)), OPERATIONS.map(() => 1)),
  );
  const insideMs = passes.reduce((sum, { durationUs }) => sum + durationUs / 1000, 0);
  const forwardMs = insideMs + random();
  const samplingMs = random() / 10;
  return { passes, forwardMs, samplingMs, durationMs: forwardMs + samplingMs };
}

function shuffled(values: Iterable<number>, random: () => number): number[] {
  return [...values].map((value) => ({ value, rank: random() }))
    .sort((a, b) => a.rank - b.rank).map(({ value }) => value);
}

Deno.test("dealToken() adds up to the token exactly, in any order, without a negative part", () => {
  const random = mulberry(5);
  for (let round = 0; round < 300; round++) {
    const tokens = [1, 2, 3].map(() => randomToken(random));
    const clean = round % 2 === 0 ? null : tokens.map(({ durationMs }): CleanToken => ({
      durationMs: durationMs * (0.1 + random()),
      samplingMs: random() / 20,
    }));
    const correction = correctionOf(OPERATIONS, tokens, clean);
    tokens.forEach((token, i) => {
      const row = dealToken(OPERATIONS, CELLS, token, clean?.[i] ?? null, correction);
      assert.ok(row.every((ms) => ms >= 0), `round ${round}: ${row}`);
      const { durationMs } = clean?.[i] ?? token;
      const sum = shuffled(row, random).reduce((total, ms) => total + ms, 0);
      assert.equal(sum, onGrid(durationMs));
    });
  }
});

Deno.test("dealToken() keeps the times of a token of generate() to the bit", () => {
  // Times since 1970 are multiples of 2^-12 ms.
  const startMs = 1_795_000_000_000.25;
  const durationMs = startMs + 33.123 - startMs;
  assert.equal(onGrid(durationMs), durationMs);
});

Deno.test("dealToken() deals to places what was timed there, less the floor", () => {
  const token = {
    passes: [pass([1000, 200, 20, 520])],
    forwardMs: 2,
    samplingMs: 0.5,
    durationMs: 3,
  };
  const correction = { floorUs: 20, frameworkRatio: 0, overhead: null };
  const row = dealToken(OPERATIONS, CELLS, token, null, correction);
  const near = CELLS.places.map(({ component }, i) => [component, Math.round(row[i]! * 1e4) / 1e4]);
  assert.deepEqual(near, [
    ["q_proj", 0.98],
    ["attention", 0.18],
    ["lm_head", 0.5],
    ["framework", 0.09], // 10 µs outside operations, and four floors
    ["sampling", 0.5],
    ["gaps", 0.75],
  ]);
});

Deno.test("correctionOf() finds the floor at which operations fill the clean time", () => {
  const trueUs = [900, 300, 2, 500];
  const tokens = Array.from({ length: 30 }, (): ProfiledToken => {
    const one = pass(trueUs.map((us) => us + 10));
    const forwardMs = one.durationUs / 1000 + 0.1;
    return { passes: [one], forwardMs, samplingMs: 0, durationMs: forwardMs };
  });
  const clean = tokens.map(() => ({ durationMs: (1702 + 100) / 1000, samplingMs: 0 }));
  const correction = correctionOf(OPERATIONS, tokens, clean);
  assert.ok(Math.abs(correction.floorUs - 10) < 0.01, `${correction.floorUs}`);
  assert.ok(correction.frameworkRatio < 1e-9);
  assert.ok(Math.abs(correction.overhead! - 1852 / 1802) < 1e-3);
  const row = dealToken(OPERATIONS, CELLS, tokens[0]!, clean[0]!, correction);
  assert.ok(Math.abs(row[0]! - 0.9) < 1e-3);
});

Deno.test("correctionOf() leaves to framework what operations cannot fill", () => {
  const one = pass([100, 100, 10, 100]);
  const token = { passes: [one], forwardMs: 0.32, samplingMs: 0, durationMs: 0.32 };
  const clean = [{ durationMs: 0.62, samplingMs: 0 }];
  const correction = correctionOf(OPERATIONS, [token], clean);
  assert.equal(correction.floorUs, 0);
  const row = dealToken(OPERATIONS, CELLS, token, clean[0]!, correction);
  assert.ok(Math.abs(row[3]! - 0.31) < 1e-3, `${row}`);
});

Deno.test("cellsOf() lists layers in order, then what is outside, then what is around", () => {
  const at = (layer: number | null, component: string) =>
    operation(`${layer}${component}`, "MatMul", { place: { layer, component } });
  const { places, ofOperation } = cellsOf([
    at(null, "embed_tokens"),
    at(10, "q_proj"),
    at(2, "q_proj"),
    at(null, "lm_head"),
    at(2, "attention"),
    at(null, "other"),
    at(2, "q_proj"),
  ]);
  assert.deepEqual(places.map(({ layer, component }) => `${layer} ${component}`), [
    "2 q_proj",
    "2 attention",
    "10 q_proj",
    "null embed_tokens",
    "null lm_head",
    "null other",
    "null framework",
    "null sampling",
    "null gaps",
  ]);
  assert.deepEqual(ofOperation, [3, 2, 0, 4, 1, 5, 0]);
});
