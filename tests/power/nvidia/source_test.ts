import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { InputError } from "../../../lib/errors.ts";
import { gpuMeter, NvidiaSource } from "../../../lib/power/nvidia/source.ts";
import { testUnless } from "../../gate/needs.ts";
import { lengthMs, take, withPrograms } from "../fixtures/programs.ts";

const MISSING = "/nowhere/libnvidia-ml.so.1";

/** Builds the stand-in; `null` where there is no C compiler. */
function buildFakeNvml(): string | null {
  const library = `${Deno.makeTempDirSync({ prefix: "tokenwatt-nvml-" })}/libnvidia-ml.so.1`;
  const code = fileURLToPath(new URL("../fixtures/fake_nvml.c", import.meta.url));
  try {
    const args = ["-shared", "-fPIC", "-o", library, code];
    return new Deno.Command("gcc", { args, stderr: "inherit" }).outputSync().success
      ? library
      : null;
  } catch {
    return null;
  }
}

const library = buildFakeNvml();
const lacking = library === null ? "no gcc to build the stand-in for NVML" : null;

async function withMode(mode: string, body: (source: NvidiaSource) => Promise<void>) {
  // The library reads the environment of the process, which Deno.env sets.
  Deno.env.set("FAKE_NVML", mode);
  try {
    await body(new NvidiaSource({ library: library! }));
  } finally {
    Deno.env.delete("FAKE_NVML");
  }
}

testUnless(lacking, "NvidiaSource adds up the energy counters of all GPUs", async () => {
  await withMode("2 1 0", async (source) => {
    assert.equal((await source.probe()).works, true);
    const { records, raw } = await take(source, 3);
    for (const { energyMj } of records) assert.equal(energyMj.gpu, 2000);
    assert.equal(JSON.parse(raw[0]!).gpus.length, 2);
  });
});

testUnless(lacking, "NvidiaSource takes power for GPUs that do not count energy", async () => {
  await withMode("2 0 0", async (source) => {
    const { records } = await take(source, 3);
    for (const record of records) {
      assert.ok(Math.abs(record.energyMj.gpu! - 150 * lengthMs(record)) < 0.01);
    }
  });
});

testUnless(lacking, "NvidiaSource says what NVML says", async () => {
  await withPrograms({}, async () => {
    await withMode("2 1 18", async (source) => {
      const { works, reason, remedy } = await source.probe();
      assert.equal(works, false);
      assert.match(reason!, /NVML says "Driver\/library version mismatch"/);
      assert.match(remedy!, /nvidia-smi/);
    });
    await withMode("0 1 0", async (source) => {
      await assert.rejects(take(source, 1), /the driver finds none; check that `nvidia-smi -L`/);
    });
  });
});

Deno.test("gpuMeter() measures nothing over a counter that began again, or without a sensor", () => {
  const meter = gpuMeter(() => []);
  const gpu = (energyMj: number | null, powerMw: number | null = null) => [{ energyMj, powerMw }];
  assert.deepEqual(meter.energyMj(gpu(500), gpu(20), 100), { gpu: null });
  assert.deepEqual(meter.energyMj(gpu(null), gpu(null), 100), { gpu: null });
  assert.deepEqual(meter.energyMj(gpu(null, 1000), gpu(null, 3000), 100), { gpu: 200 });
  assert.deepEqual(meter.energyMj([], [], 100), { gpu: null });
});

const SMI = (second: string) =>
  `case "$1" in
  *power.draw) while :; do echo "0, 30.50"; echo "1, ${second}"; sleep 0.02; done ;;
  *) echo 0; echo 1 ;;
esac`;

Deno.test("NvidiaSource reads nvidia-smi where NVML does not load", async () => {
  await withPrograms({ "nvidia-smi": SMI("9.50") }, async () => {
    const source = new NvidiaSource({ library: MISSING });
    assert.equal((await source.probe()).works, true);
    const { records, raw, losses } = await take(source, 4);
    assert.deepEqual(losses, []);
    for (const record of records) {
      assert.ok(Math.abs(record.energyMj.gpu! - 40 * lengthMs(record)) < 0.01);
      assert.equal(record.startMs, undefined);
    }
    assert.deepEqual(JSON.parse(raw[0]!).lines, ["0, 30.50", "1, 9.50"]);
  });
});

Deno.test("NvidiaSource takes a draw that nvidia-smi does not know for not measured", async () => {
  await withPrograms({ "nvidia-smi": SMI("[N/A]") }, async () => {
    const { records } = await take(new NvidiaSource({ library: MISSING }), 2);
    assert.deepEqual(records.map(({ energyMj }) => energyMj.gpu), records.map(() => null));
  });
});

Deno.test("NvidiaSource counts no GPU twice where nvidia-smi leaves one out", async () => {
  const smi = `case "$1" in
  *power.draw) echo "0, 30"; echo "Unknown error"
    while :; do echo "0, 30"; echo "1, 10"; sleep 0.02; done ;;
  *) echo 0; echo 1 ;;
esac`;
  await withPrograms({ "nvidia-smi": smi }, async () => {
    const { records, raw, losses } = await take(new NvidiaSource({ library: MISSING }), 3);
    for (const line of raw) assert.deepEqual(JSON.parse(line).lines, ["0, 30", "1, 10"]);
    for (const record of records) {
      assert.ok(Math.abs(record.energyMj.gpu! - 40 * lengthMs(record)) < 0.01);
    }
    assert.equal(losses.length, 2, "the odd line, and the one without its second");
  });
});

Deno.test("NvidiaSource says why neither way works", async () => {
  const cases: [Record<string, string>, RegExp, RegExp][] = [
    [{}, /libnvidia-ml.so.1 cannot be loaded/, /install NVIDIA's driver/],
    [{ "nvidia-smi": "echo 'No devices were found'; exit 6" }, /lists none \(exit code 6/, /check/],
    [
      { "nvidia-smi": `[ "$#" = 2 ] && echo 0 && exit; echo "0, 5"; exit 9` },
      /ended by itself after 1 records \(exit code 9/,
      /check that `nvidia-smi`/,
    ],
  ];
  for (const [scripts, message, remedy] of cases) {
    await withPrograms(scripts, async () => {
      await assert.rejects(take(new NvidiaSource({ library: MISSING }), 2), (error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, message);
        assert.match(error.remedy, remedy);
        return true;
      });
    });
  }
});
