import assert from "node:assert/strict";
import { type ModelWork, predictEnergy, type RunRecord } from "../../../lib/analysis/mod.ts";
import { fitNonNegative } from "../../../lib/analysis/predict/non_negative.ts";
import { InputError } from "../../../lib/errors.ts";
import { madeRun } from "../made_runs.ts";
import { cases, normals, shareBounds } from "../normals.ts";

/** What machines cost here: 10 mJ whatever happens, 2 pJ an operation, 30 pJ a byte. */
const [FIXED, FLOP, BYTE] = [0.01, 2e-12, 30e-12];
const [HEADS, HEAD_DIM, LAYERS, KV] = [8, 64, 12, 24_576];

const workOf = (parameters: number, bytesPerWeight: number): ModelWork => ({
  flops: 2 * parameters,
  flopsPerContextToken: 4 * HEADS * HEAD_DIM * LAYERS,
  bytes: parameters * bytesPerWeight,
  bytesPerContextToken: KV,
});

const energyOf = (flops: number, bytes: number) => FIXED + FLOP * flops + BYTE * bytes;

function truth(work: ModelWork, promptTokens: number, newTokens: number) {
  const context = promptTokens + (newTokens - 2) / 2;
  const decode = energyOf(
    work.flops + work.flopsPerContextToken * context,
    work.bytes + work.bytesPerContextToken * context,
  );
  const prefill = energyOf(
    promptTokens * (work.flops + work.flopsPerContextToken * (promptTokens - 1) / 2),
    work.bytes + work.bytesPerContextToken * promptTokens,
  );
  return { decode, prefill };
}

function runsOf(
  parameters: number,
  bytesPerWeight: number,
  { own = 1, noise = () => 1 }: { own?: number; noise?: () => number } = {},
): RunRecord[] {
  const work = workOf(parameters, bytesPerWeight);
  return [[16, 65], [256, 65]].map(([promptTokens, generatedTokens]) => {
    const { decode, prefill } = truth(work, promptTokens!, generatedTokens!);
    return madeRun({
      joules: decode * own * noise(),
      promptJoules: prefill / promptTokens! * own * noise(),
      promptTokens: promptTokens!,
      generatedTokens: generatedTokens!,
      prompt: `${promptTokens}`,
      model: {
        name: `m${parameters}`,
        precision: bytesPerWeight === 4 ? "fp32" : "int8",
        parameters,
        numLayers: LAYERS,
      },
      details: {
        model: {
          flopsPerToken: work.flops,
          bytesPerToken: work.bytes,
          kvBytesPerToken: KV,
          numHeads: HEADS,
          headDim: HEAD_DIM,
        },
      },
    });
  });
}

const SIZES = [1e8, 3e8, 1e9, 3e9];
const EXACT = SIZES.flatMap((size) => [1, 4].flatMap((bytes) => runsOf(size, bytes)));

Deno.test("predictEnergy() finds what operations and bytes cost, and a model inside the range", () => {
  const work = workOf(5e8, 2);
  const { decode, joulesPerToken, prefillJoules, joules, models } = predictEnergy(EXACT, {
    work,
    promptTokens: 100,
    newTokens: 33,
  });
  const planted = [FIXED, FLOP, BYTE];
  [decode.fixedJoules, decode.joulesPerFlop, decode.joulesPerByte].forEach((value, at) =>
    assert.ok(Math.abs(value / planted[at]! - 1) < 1e-4, `${value} is not ${planted[at]}`)
  );
  const { decode: step, prefill } = truth(work, 100, 33);
  assert.ok(Math.abs(joulesPerToken.value / step - 1) < 1e-4);
  assert.ok(Math.abs(prefillJoules.value / prefill - 1) < 1e-4);
  assert.ok(Math.abs(joules.value / (prefill + 32 * step) - 1) < 1e-4);
  assert.equal(models.length, 8);
  assert.equal(joules.resolved, false);
});

Deno.test("predictEnergy() states the error that models have which it never saw", () => {
  const count = cases(2000);
  const normal = normals(11);
  const noise = () => Math.exp(0.01 * normal());
  let [held, squares, stated] = [0, 0, 0];
  for (let time = 0; time < count; time++) {
    const own = () => Math.exp(0.08 * normal());
    const runs = SIZES.flatMap((size) =>
      [1, 4].flatMap((bytes) => runsOf(size, bytes, { own: own(), noise }))
    );
    const size = 10 ** (8.3 + time % 10 / 10);
    const work = workOf(size, [1, 2, 4][time % 3]!);
    const { joulesPerToken: { value, low, high }, decode } = predictEnergy(runs, {
      work,
      promptTokens: 64,
      newTokens: 65,
    });
    const actual = truth(work, 64, 65).decode * own();
    if (low! <= actual && actual <= high!) held++;
    squares += Math.log(value / actual) ** 2;
    stated += Math.log1p(decode.crossValidated.typicalPercent / 100) ** 2;
  }
  const typical = Math.sqrt(squares / count) / Math.sqrt(stated / count);
  const [least, most] = shareBounds(0.93, 0.97, count);
  assert.ok(
    held / count >= least && held / count <= most,
    `${held / count} of the models lie within what was stated`,
  );
  assert.ok(typical > 0.7 && typical < 1.1, `errors are ${typical} of what was stated`);
});

Deno.test("predictEnergy() refuses what lies outside of what it learned", () => {
  const ask = (work: ModelWork, promptTokens = 100, newTokens = 33) => () =>
    predictEnergy(EXACT, { work, promptTokens, newTokens });
  const refused = (says: RegExp) => (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, says);
    return true;
  };
  assert.throws(
    ask(workOf(1e11, 1)),
    refused(/a decode step does 200 G operations, and the runs/),
  );
  assert.throws(
    ask(workOf(1e9, 16)),
    refused(/a decode step reads 16\.0 G bytes.*to 12\.0 G;/),
  );
  assert.throws(ask(workOf(2e9, 0.5)), refused(/operations by byte/));
  assert.throws(ask(workOf(3e9, 4), 100_000), refused(/and the runs cover/));
  assert.throws(ask(workOf(1e9, 4), 0), RangeError);
  assert.throws(ask(workOf(NaN, 4)), RangeError);
});

Deno.test("predictEnergy() wants four models whose operations are known", () => {
  const target = { work: workOf(2e8, 4), promptTokens: 64, newTokens: 33 };
  const three = [1e8, 3e8, 1e9].flatMap((size) => runsOf(size, 4));
  assert.throws(
    () => predictEnergy(three, target),
    /from 3 models \(m100000000 fp32, .*at least 4/,
  );
  assert.throws(() => predictEnergy([madeRun()], target), /from 0 models \(none\)/);
  const { notes } = predictEnergy([...EXACT, madeRun()], target);
  assert.match(notes.join(), /1 of 17 runs left out/);
});

Deno.test("fitNonNegative() is least squares where that is positive, and the best elsewhere", () => {
  const rows = [[1, 1], [1, 2], [1, 3], [1, 5]];
  const exact = fitNonNegative(rows, [3, 5, 7, 11]);
  assert.ok(Math.abs(exact[0]! - 1) < 1e-9 && Math.abs(exact[1]! - 2) < 1e-9);
  // The best line begins below 0: through 0, the slope is Σxy ÷ Σx².
  const [constant, slope] = fitNonNegative(rows, [0, 2, 4, 8]);
  assert.equal(constant, 0);
  assert.ok(Math.abs(slope! - (4 + 12 + 40) / 39) < 1e-9);
  assert.deepEqual(fitNonNegative(rows, [-1, -2, -3, -4]), [0, 0]);
  assert.deepEqual(
    fitNonNegative([[1, 1], [2, 2], [3, 3]], [1, 2, 3]).filter((c) => c > 0).length,
    1,
  );
});
