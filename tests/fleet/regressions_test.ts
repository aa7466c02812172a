import assert from "node:assert/strict";
import { findRegressions, hostCosts } from "../../lib/fleet/mod.ts";
import { normals } from "../analysis/normals.ts";
import { madeFigures } from "./made_figures.ts";

const noisy = (levels: readonly number[], seed: number, noise = 0.01) => {
  const normal = normals(seed);
  return levels.map((level) => level * Math.exp(noise * normal()));
};
const levels = (...parts: [number, number][]) =>
  parts.flatMap(([level, count]) => Array<number>(count).fill(level));

Deno.test("findRegressions() dates a step, names its builds and holds its size", () => {
  const figures = madeFigures(noisy(levels([1, 12], [1.05, 10]), 1));
  const [history] = findRegressions(figures);
  assert.equal(history!.processes, 22);
  assert.equal(history!.steps.length, 1);
  const [step] = history!.steps;
  assert.equal(step!.verdict, "regression");
  assert.equal(step!.fromBuild, "build 11");
  assert.equal(step!.toBuild, "build 12");
  assert.equal(step!.sinceMs, 12 * 86_400_000);
  assert.ok(step!.lowPercent! > 0 && step!.lowPercent! < 5 && step!.highPercent! > 5);
  assert.deepEqual(findRegressions(figures)[0], history, "the same runs give the same answer");
});

Deno.test("findRegressions() tells several steps apart, up and down", () => {
  const [history] = findRegressions(
    madeFigures(noisy(levels([1, 10], [1.2, 10], [0.9, 10]), 2)),
  );
  assert.deepEqual(
    history!.steps.map(({ verdict, toBuild }) => [verdict, toBuild]),
    [["regression", "build 10"], ["improvement", "build 20"]],
  );
  // Each is held against its neighbours, not against all that came before.
  assert.ok(Math.abs(history!.steps[1]!.percent - -25) < 2, `${history!.steps[1]!.percent}`);
});

Deno.test("findRegressions() raises few false alarms over many quiet subjects", () => {
  const families = Deno.env.get("TOKENWATT_LONG") === "1" ? 100 : 10;
  let alarmed = 0;
  for (let family = 0; family < families; family++) {
    const figures = Array.from(
      { length: 8 },
      (_, host) =>
        madeFigures(noisy(levels([1, 16]), 1000 * family + host, 0.05), { host: `host ${host}` }),
    )
      .flat();
    if (findRegressions(figures).some(({ steps }) => steps.length > 0)) alarmed++;
  }
  assert.ok(alarmed <= families * 0.05 + 5 * Math.sqrt(families * 0.05 * 0.95), `${alarmed}`);
});

Deno.test("findRegressions() does not take a change of prompts for a step", () => {
  // The later half runs a dearer prompt alone; nothing is known of it from before.
  const figures = madeFigures(noisy(levels([1, 20]), 3)).map((figure, at) =>
    at < 20 ? figure : { ...figure, prompt: "other", joulesPerToken: 9 }
  ).filter((_, at) => at < 20 || at % 2 === 0);
  const [history] = findRegressions(figures);
  assert.deepEqual(history!.steps, []);
});

Deno.test("findRegressions() counts runs of one process once", () => {
  const figures = madeFigures(noisy(levels([1, 6], [2, 6]), 4))
    .map((figure) => ({ ...figure, build: "one", process: "1/0" }));
  const [history] = findRegressions(figures);
  assert.equal(history!.isWatched, false);
  assert.deepEqual(history!.steps, []);
});

Deno.test("findRegressions() holds nothing against another source, engine or host", () => {
  const before = madeFigures(noisy(levels([1, 10]), 5));
  for (
    const other of [
      { powerLabel: "package (rapl)" },
      { engine: "ort-ffi" },
      { host: "studio" },
      { modelHash: "other" },
      { threads: 2 },
    ]
  ) {
    const histories = findRegressions([...before, ...madeFigures(levels([2, 10]), other)]);
    assert.equal(histories.length, 2);
    assert.ok(histories.every(({ steps }) => steps.length === 0));
  }
  assert.deepEqual(findRegressions([]), []);
});

Deno.test("hostCosts() gives an interval over processes, and none for one", () => {
  const many = madeFigures(noisy(levels([0.2, 10]), 6), { build: "a" });
  const one = madeFigures([0.3], { build: "b", startedAtMs: 1e12 });
  const [newest, older] = hostCosts([...many, ...one]);
  assert.equal(newest!.build, "b");
  assert.deepEqual([newest!.low, newest!.high, newest!.processes], [null, null, 1]);
  assert.equal(older!.processes, 10);
  assert.equal(older!.runs, 20);
  assert.equal(older!.prompts, 2);
  // The geometric mean of a prompt at 0.2 and one at 0.6.
  const truth = 0.2 * Math.sqrt(3);
  assert.ok(older!.low! < truth && truth < older!.high!, `${older!.low} ${older!.high}`);
});
