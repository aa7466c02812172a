import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { combineInfo } from "../../../lib/power/combine/info.ts";
import { combine, createSource, sourceSpec } from "../../../lib/power/sources.ts";
import type { Rail, SourceInfo } from "../../../lib/record.ts";

function info(name: string, rails: Rail[], totalRails: Rail[] = rails): SourceInfo {
  return { name, kind: "measured", rails, totalRails, label: name, statedError: null };
}

const POWERMETRICS = info("powermetrics", ["cpu", "gpu", "ane"]);
const MACMON = info("macmon", ["cpu", "gpu", "ane", "dram", "system"], ["cpu", "gpu", "ane"]);
const RAPL = info("rapl", ["cpu", "gpu", "dram", "package", "system"], ["dram", "package"]);
const NVIDIA = info("nvidia", ["gpu"]);

Deno.test("combineInfo() lets macmon stand beside powermetrics without counting it", () => {
  const { info, shares } = combineInfo([POWERMETRICS, MACMON]);
  assert.deepEqual(info.totalRails, ["cpu", "gpu", "ane"]);
  assert.deepEqual(info.rails, ["cpu", "gpu", "ane", "dram", "system"]);
  assert.equal(info.label, "CPU+GPU+ANE (powermetrics), beside it DRAM+system (macmon)");
  assert.deepEqual(shares[1], { rails: ["dram", "system"], totalRails: [] });
});

Deno.test("combineInfo() takes NVIDIA's GPU, not the one that the package holds already", () => {
  const { info, shares } = combineInfo([RAPL, NVIDIA]);
  assert.deepEqual(info.totalRails, ["gpu", "dram", "package"]);
  assert.deepEqual(shares[0]!.rails, ["cpu", "dram", "package", "system"]);
  assert.deepEqual(shares[1], { rails: ["gpu"], totalRails: ["gpu"] });
  assert.equal(info.label, "DRAM+package (rapl) + GPU (nvidia)");
});

Deno.test("combineInfo() is as little real as its least real part", () => {
  const estimate: SourceInfo = {
    ...info("estimate", ["cpu"]),
    kind: "estimated",
    statedError: 0.5,
  };
  const { kind, statedError } = combineInfo([estimate, NVIDIA]).info;
  assert.equal(kind, "estimated");
  assert.equal(statedError, 0.5);
  const rig: SourceInfo = { ...info("rig:m1", ["cpu"]), kind: "simulated" };
  assert.equal(combineInfo([rig, NVIDIA]).info.kind, "simulated");
});

Deno.test("combineInfo() takes the total that is stated, but never a part twice", () => {
  assert.deepEqual(combineInfo([POWERMETRICS, MACMON], ["system"]).info.totalRails, ["system"]);
  const dram = combineInfo([POWERMETRICS, MACMON], ["cpu", "gpu", "ane", "dram"]);
  assert.deepEqual(dram.shares[1]!.totalRails, ["dram"]);
  const cases: [SourceInfo[], Rail[] | undefined, RegExp][] = [
    [[POWERMETRICS, MACMON], ["cpu", "system"], /system holds the others/],
    [[info("estimate", ["cpu"]), RAPL], undefined, /package holds cpu, which counts it twice/],
    [[info("x", ["package", "gpu"]), info("y", ["dram"])], ["package", "gpu"], /package holds gpu/],
    [[POWERMETRICS, MACMON], ["package"], /Cannot take package/],
    [[POWERMETRICS, MACMON], [], /no rail as the total/],
    [[POWERMETRICS, POWERMETRICS], undefined, /adds no rail of its own/],
  ];
  for (const [infos, total, message] of cases) {
    assert.throws(() => combineInfo(infos, total), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("sourceSpec() reads what --power takes", () => {
  assert.deepEqual(sourceSpec("rapl+nvidia"), combine("rapl", "nvidia"));
  assert.deepEqual(sourceSpec("replay:a+b.json"), {
    name: "replay",
    path: "a+b.json",
    paced: true,
  });
  assert.equal(createSource(sourceSpec("powermetrics+macmon")).info.name, "powermetrics+macmon");
  for (const wrong of ["", "crystal", "rapl+", "+", "rapl+crystal", "combine", "replay"]) {
    assert.throws(() => sourceSpec(wrong), (error) => {
      assert.ok(error instanceof InputError, wrong);
      assert.match(error.remedy, /powermetrics, macmon, rapl, nvidia, estimate/);
      return true;
    });
  }
});
