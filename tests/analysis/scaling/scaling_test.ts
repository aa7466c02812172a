import assert from "node:assert/strict";
import { type RunRecord, scaling } from "../../../lib/analysis/mod.ts";
import { madeRun } from "../made_runs.ts";
import { cases, normals, shareBounds } from "../normals.ts";

interface Size {
  parameters: number;
  numLayers?: number;
  hiddenSize?: number;
  joules: number;
}

const modelRun = ({ parameters, numLayers = 4, hiddenSize = 64, joules }: Size, pid = 1) =>
  madeRun({
    joules,
    pid,
    model: { name: `m${parameters}`, parameters, numLayers },
    details: { model: { hiddenSize, numExperts: 0 } },
  });

const SIZES = [1e6, 4e6, 15e6, 60e6, 200e6, 1e9];

Deno.test("scaling() recovers a planted exponent, 19 times in 20", () => {
  const normal = normals(1);
  const count = cases(1500);
  let [held, next] = [0, 0];
  for (let time = 0; time < count; time++) {
    const cost = (parameters: number) => 3e-8 * parameters ** 0.83 * Math.exp(0.05 * normal());
    const { power } = scaling(
      SIZES.map((parameters) => modelRun({ parameters, joules: cost(parameters) })),
    );
    const { low, high } = power!.exponent;
    if (low! <= 0.83 && high! >= 0.83) held++;
    const { low: least, high: most } = power!.coefficient;
    if (least! <= 3e-8 && most! >= 3e-8) next++;
  }
  for (const share of [held / count, next / count]) {
    const [low, high] = shareBounds(0.95, 0.95, count);
    assert.ok(share >= low && share <= high, `${share}`);
  }
});

Deno.test("scaling() fits layers by a line, and by a parabola only where one is needed", () => {
  const normal = normals(2);
  const layers = [2, 4, 8, 12, 16, 24, 32];
  const of = (cost: (numLayers: number) => number) =>
    scaling(layers.map((numLayers) =>
      modelRun({
        parameters: 1e6 * numLayers,
        numLayers,
        joules: cost(numLayers) * (1 + 0.005 * normal()),
      })
    )).byLayers;
  const line = of((n) => 0.05 + 0.01 * n);
  assert.equal(line.preferred, "linear");
  assert.ok(line.linear!.rSquared > 0.99);
  const [constant, slope] = line.linear!.coefficients;
  assert.ok(constant!.low! < 0.05 && constant!.high! > 0.05);
  assert.ok(slope!.low! < 0.01 && slope!.high! > 0.01);
  const curve = of((n) => 0.05 + 0.01 * n + 0.002 * n * n);
  assert.equal(curve.preferred, "quadratic");
  const square = curve.quadratic!.coefficients[2]!;
  assert.ok(square.resolved && square.low! < 0.002 && square.high! > 0.002);
});

Deno.test("scaling() recovers planted slopes of layers where errors grow with cost", () => {
  const normal = normals(6);
  const count = cases(1500);
  const held = [0, 0];
  for (let time = 0; time < count; time++) {
    const { byLayers } = scaling([2, 4, 8, 16, 24, 32].map((numLayers) =>
      modelRun({
        parameters: 1e6 * numLayers,
        numLayers,
        joules: (0.05 + 0.01 * numLayers) * Math.exp(0.03 * normal()),
      })
    ));
    [0.05, 0.01].forEach((truth, at) => {
      const { low, high } = byLayers.linear!.coefficients[at]!;
      if (low! <= truth && high! >= truth) held[at]!++;
    });
  }
  const [low, high] = shareBounds(0.94, 0.95, count);
  for (const all of held) assert.ok(all / count >= low && all / count <= high, `${all / count}`);
});

Deno.test("scaling() takes a model as one point, however many runs it has", () => {
  const runs = [1e6, 4e6, 15e6].flatMap((parameters) =>
    [1, 2, 3, 4, 5].map((pid) => modelRun({ parameters, joules: parameters * 1e-8 }, pid))
  );
  const { points, power } = scaling(runs);
  assert.deepEqual(points.map(({ value }) => [value.runs, value.processes]), Array(3).fill([5, 5]));
  assert.equal(power!.points, 3);
  assert.equal(power!.band.length, 25);
});

Deno.test("scaling() compares mixtures with dense models of as many active weights", () => {
  const dense = SIZES.map((parameters) => modelRun({ parameters, joules: parameters * 1e-8 }));
  const mixture = (all: number, experts: number, joules: number) =>
    madeRun({
      joules,
      model: { name: `moe${all}`, parameters: all },
      details: {
        model: { numExperts: 8, expertsPerToken: 2, parametersByPart: { experts, mlp: 0 } },
      },
    });
  const { mixtures, power } = scaling([
    ...dense,
    mixture(100e6, 80e6, 40e6 * 1e-8 * 1.3),
    mixture(9e9, 1e9, 70),
  ]);
  assert.equal(power!.points, SIZES.length, "mixtures do not make the law");
  const [inside, outside] = mixtures;
  assert.equal(inside!.activeParameters, 40e6);
  assert.ok(Math.abs(inside!.percent!.value - 30) < 1e-6);
  assert.equal(outside!.percent, null);
  assert.match(outside!.basis, /dense models of fp32 that were measured: 1\.00 M to 1\.00e\+3 M/);
});

Deno.test("scaling() says what it cannot tell", () => {
  const { power, verdict, byHiddenSize } = scaling([
    modelRun({ parameters: 1e6, joules: 1 }),
    modelRun({ parameters: 2e6, joules: 2 }),
  ]);
  assert.equal(power, null);
  assert.equal(byHiddenSize.linear, null);
  assert.match(verdict, /^No law: 2 sizes of model measured; three are needed$/);
  assert.throws(() => scaling([madeRun({ joules: null })]), /none of 1 runs has it/);
  const normal = normals(4);
  const flat: RunRecord[] = SIZES.map((parameters) =>
    modelRun({ parameters, joules: Math.exp(0.2 * normal()) })
  );
  assert.match(scaling(flat).verdict, /^Whether energy per token grows .* cannot be seen/);
  const both = SIZES.map((parameters, at) =>
    modelRun({ parameters, numLayers: at + 1, hiddenSize: 64 * (at + 1), joules: at + 1 })
  );
  assert.match(scaling(both).notes.join(), /Layers and width grow together/);
});
