/**
 * What the statistics promise, on arms whose truth is known: processes differ by 2 %, runs in a
 * process by 1 %, prompts by 10 %. An experiment takes 0.1 ms, so that there are enough of them to
 * tell 5 % from 3 % and from 7 % (3 standard deviations, at full length 5) in every run of the tests.
 */
import assert from "node:assert/strict";
import {
  type CompareOptions,
  compareRuns,
  type Comparison,
  type RunRecord,
} from "../../../lib/analysis/mod.ts";
import { type ArmShape, madeArm, madeRun } from "../made_runs.ts";
import { cases, normals } from "../normals.ts";

const EXPERIMENTS = cases(10_000) === 10_000 ? 3000 : 1000;

type Arms = (ratio: number, normal: () => number) => [RunRecord[], RunRecord[]];

function experiments(arms: Arms, percent: number, options: CompareOptions = {}): Comparison[] {
  const normal = normals(100 + percent);
  return Array.from(
    { length: EXPERIMENTS },
    () => compareRuns(...arms(1 + percent / 100, normal), options),
  );
}

function share(all: readonly Comparison[], holds: (one: Comparison) => boolean): number {
  return all.filter(holds).length / all.length;
}

/** Intervals hold the truth in 93 to 97 %; 3 to 7 % of nulls are found; 90 % are above the floor. */
function proves(all: readonly Comparison[], percent: number): void {
  const held = share(all, ({ percent: { low, high } }) => low! <= percent && high! >= percent);
  assert.ok(held >= 0.93 && held <= 0.97, `${held} hold ${percent} %`);
  const found = share(all, ({ outcome }) => outcome !== "unclear");
  if (percent === 0) assert.ok(found >= 0.03 && found <= 0.07, `${found} found where nothing is`);
  const above = all.filter(({ floor }) => percent > (floor.percent ?? Infinity));
  if (above.length < 20) return;
  const seen = share(above, ({ outcome }) => outcome === "higher");
  assert.ok(seen >= 0.9, `${seen} of ${above.length} above the floor found`);
}

const noisy = (shape: Partial<ArmShape>): Arms => (ratio, normal) => {
  const arm = (level: number) =>
    madeArm({ processes: 5, prompts: 3, between: 0.02, within: 0.01, ...shape, level, normal });
  return [arm(0.2), arm(0.2 * ratio)];
};

for (const percent of [0, 1, 3, 10]) {
  Deno.test(`compareRuns() keeps its promises at ${percent} %, in five processes`, () => {
    proves(experiments(noisy({}), percent), percent);
  });

  Deno.test(`compareRuns() keeps its promises at ${percent} %, in twelve processes`, () => {
    const all = experiments(noisy({ processes: 12 }), percent);
    proves(all, percent);
    assert.equal(all[0]!.scope, "machine");
    if (percent === 10) assert.ok(all.every(({ floor }) => floor.percent! < 10));
  });

  Deno.test(`compareRuns() keeps its promises at ${percent} %, without a prompt in common`, () => {
    const arms: Arms = (ratio, normal) => {
      const [a, b] = noisy({ processes: 8, prompts: 1 })(ratio, normal);
      return [a, b.map((run) => ({ ...run, prompt: "another" }))];
    };
    const all = experiments(arms, percent);
    assert.equal(all[0]!.test.name, "Welch's t");
    proves(all, percent);
  });

  Deno.test(`compareRuns() keeps its promises at ${percent} %, where arms have other sizes`, () => {
    const arms: Arms = (ratio, normal) => [
      noisy({ processes: 6 })(1, normal)[0],
      noisy({ processes: 9 })(ratio, normal)[1],
    ];
    const all = experiments(arms, percent);
    assert.equal(all[0]!.pairing.kind, "none");
    proves(all, percent);
  });

  Deno.test(`compareRuns() keeps its promises at ${percent} %, by runs of one process`, () => {
    const all = experiments(noisy({ processes: 1, prompts: 12, between: 0 }), percent);
    assert.equal(all[0]!.scope, "process");
    proves(all, percent);
  });

  Deno.test(`compareRuns() keeps its promises at ${percent} %, by two runs' intervals`, () => {
    const half = 0.02;
    const of = (level: number, normal: () => number) =>
      madeRun({ joules: level * (1 + half / 1.96 * normal()), half });
    proves(
      experiments(
        (ratio, normal) => [[of(0.2, normal)], [of(0.2 * ratio, normal)]],
        percent,
      ),
      percent,
    );
  });

  Deno.test(`compareRuns() keeps its promises at ${percent} %, by blocks that drift`, () => {
    const arms: Arms = (ratio, normal) => {
      const drift = Array.from({ length: 6 }, () => 0.1 * normal());
      const arm = (level: number) =>
        drift.map((own, block) =>
          madeRun({
            joules: level * Math.exp(own + 0.01 * normal()),
            prompt: "p",
            details: { powerState: `${block}` },
          })
        );
      return [arm(0.2), arm(0.2 * ratio)];
    };
    const blockOf = ({ details }: RunRecord) => details?.powerState ?? null;
    proves(experiments(arms, percent, { blockOf }), percent);
  });
}

for (const test of ["permutation", "rank"] as const) {
  Deno.test(`compareRuns() with the ${test} test finds nothing where nothing is`, () => {
    const all = experiments(noisy({ processes: 8 }), 0, { test });
    // Exact tests of few pairs take steps: at eight, the last p below 0.05 is 0.039 or more.
    const found = share(all, ({ outcome }) => outcome !== "unclear");
    assert.ok(found >= 0.02 && found <= 0.07, `${found}`);
  });
}

Deno.test("compareRuns() takes its floor from null arms, where they are given", () => {
  const normal = normals(3);
  const arm = (level: number) =>
    madeArm({ processes: 8, prompts: 3, level, between: 0.02, within: 0.01, normal });
  const all = Array.from(
    { length: 500 },
    () => compareRuns(arm(0.2), arm(0.212), { nullArms: [arm(0.2), arm(0.2)] }),
  );
  assert.equal(all[0]!.floor.from, "null arms");
  const above = all.filter(({ floor }) => 6 > floor.percent!);
  assert.ok(above.length > 200, `${above.length}`);
  assert.ok(share(above, ({ outcome }) => outcome === "higher") >= 0.9);
});
