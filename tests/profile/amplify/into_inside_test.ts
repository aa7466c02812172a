import assert from "node:assert/strict";
import type { PhaseEnergies } from "../../../lib/profile/amplify/energies.ts";
import { withAmplified } from "../../../lib/profile/amplify/into_inside.ts";
import { type Energy, type InsidePart, type RunInside, UNMEASURED } from "../../../lib/record.ts";
import { mulberry } from "../layers/random.ts";

const NAMES = ["q_proj", "down_proj", "sampling"];

function part(layer: number | null, component: string, energyMj: number): InsidePart {
  return {
    phase: "decode",
    layer,
    component,
    durationMs: energyMj,
    share: 0,
    energyMj,
    lowMj: 0,
    highMj: 2 * energyMj,
    interval: "hard",
    method: "shared",
    resolved: false,
    activation: null,
    rawMj: null,
  };
}

/** Two layers of two components, and the sampling. */
function inside(mj: readonly number[]): RunInside {
  const parts = [0, 1].flatMap((layer) => [
    part(layer, "q_proj", mj[2 * layer]!),
    part(layer, "down_proj", mj[2 * layer + 1]!),
  ]);
  parts.push(part(null, "sampling", mj[4]!));
  return {
    depth: "component",
    parts,
    components: NAMES.map((name) =>
      part(null, name, sum(parts.filter(({ component }) => component === name)))
    ),
    layers: [0, 1].map((layer) =>
      part(layer, "layer", sum(parts.filter((p) => p.layer === layer)))
    ),
    operations: [],
    twins: [],
    unsureRanks: [],
    notes: [],
    cells: null,
    deep: null,
  };
}

function sum(parts: readonly InsidePart[]): number {
  return parts.reduce((total, { energyMj }) => total + (energyMj ?? 0), 0);
}

function told(energies: Record<string, number>, isScaled: boolean): PhaseEnergies {
  return {
    phase: "decode",
    parts: Object.entries(energies).map(([component, mj]) => {
      const energy: Energy = {
        ...UNMEASURED,
        mj,
        lowMj: mj - 0.1 * Math.abs(mj),
        highMj: mj + 0.1 * Math.abs(mj),
        interval: "ci95",
        method: "amplified",
        resolved: true,
      };
      return { component, energy, rawMj: mj };
    }),
    capture: null,
    isScaled,
    records: 12,
  };
}

function near(found: number, wanted: number): void {
  assert.ok(Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${found} ${wanted}`);
}

Deno.test("withAmplified() keeps the sum of a phase, at every level, whatever loops told", () => {
  const random = mulberry(7);
  for (let run = 0; run < 200; run++) {
    // Among them components of which the twin saw nothing.
    const mj = Array.from({ length: 5 }, () => random() < 0.2 ? 0 : 10 * random());
    const before = inside(mj);
    const wholeMj = sum(before.components);
    const isScaled = run % 2 === 0 && wholeMj > 0;
    const leftMj = wholeMj - mj[4]!;
    const share = random();
    const energies: Record<string, number> = isScaled
      ? { q_proj: share * leftMj, down_proj: (1 - share) * leftMj }
      : { down_proj: 20 * random() - 2 };
    const after = withAmplified(before, [told(energies, isScaled)], isScaled);
    near(sum(after.components), wholeMj);
    near(sum(after.parts), wholeMj);
    for (const [name, energyMj] of Object.entries(energies)) {
      const row = after.components.find(({ component }) => component === name)!;
      near(row.energyMj!, energyMj);
      assert.deepEqual([row.method, row.rawMj], ["amplified", energyMj]);
      near(sum(after.parts.filter(({ component }) => component === name)), energyMj);
    }
    for (const layer of after.layers) {
      near(layer.energyMj!, sum(after.parts.filter((one) => one.layer === layer.layer)));
    }
    assert.equal(
      after.components.find(({ component }) => component === "sampling")?.energyMj,
      mj[4],
    );
    for (const { lowMj, energyMj, highMj } of after.components) {
      assert.ok(lowMj! <= energyMj! && energyMj! <= highMj!);
    }
    const other = after.components.filter(({ component }) => component === "other");
    assert.equal(other.length, isScaled ? 0 : 1);
  }
});

Deno.test("withAmplified() leaves an inside alone of which loops told nothing", () => {
  const before = inside([1, 2, 3, 4, 5]);
  const nothing = { ...told({ q_proj: 1 }, false) };
  nothing.parts = nothing.parts.map((one) => ({ ...one, energy: UNMEASURED, rawMj: null }));
  assert.equal(withAmplified(before, [nothing], true), before);
  assert.equal(withAmplified(before, [], true), before);
});
