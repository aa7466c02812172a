import assert from "node:assert/strict";
import { defaultTotalRails, energyOver, measuredRails } from "../../lib/energy/mod.ts";
import type { PowerSample } from "../../lib/record.ts";

function samples(...energies: PowerSample["energyMj"][]): PowerSample[] {
  return energies.map((energyMj, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj,
  }));
}

Deno.test("measuredRails() keeps the usual order and leaves out what is null", () => {
  assert.deepEqual(measuredRails(samples({ gpu: 0, dram: null, cpu: 5 })), ["cpu", "gpu"]);
  assert.deepEqual(measuredRails([]), []);
});

Deno.test("defaultTotalRails() adds no rail to one that contains it", () => {
  const totalOf = (energyMj: PowerSample["energyMj"]) => defaultTotalRails(samples(energyMj));
  assert.deepEqual(totalOf({ cpu: 1, gpu: 1, ane: 1 }), ["cpu", "gpu", "ane"]);
  assert.deepEqual(totalOf({ cpu: 1, gpu: 1, package: 3, dram: 1 }), ["dram", "package"]);
  assert.deepEqual(totalOf({ cpu: 1, package: 3, dram: 1, system: 9 }), ["system"]);
});

Deno.test("energyOver() knows no total where one of its rails was not measured all the time", () => {
  const some = samples({ cpu: 10, ane: 1 }, { cpu: 10 }, { cpu: 10, ane: null }, {
    cpu: 10,
    ane: 1,
  });
  const { mj, byRail } = energyOver(some, 0, 400);
  assert.equal(mj, null);
  assert.equal(byRail.ane, null);
  assert.equal(byRail.cpu?.mj, 40);
  assert.equal(energyOver(some, 0, 400, { totalRails: ["cpu"] }).mj, 40);
  assert.equal(energyOver(some, 300, 400).mj, 11);
  assert.equal(energyOver(some, 0, 400, { totalRails: ["system"] }).mj, null);
  assert.equal(energyOver(some, 0, 400, { totalRails: [] }).mj, null);
});
