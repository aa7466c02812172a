import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { openCheckpoint } from "../../lib/model/safetensors.ts";
import { safetensors, SMALL, temporaryFolder, weightsFor } from "./checkpoints.ts";

Deno.test("openCheckpoint() reads all tensors, across the files that an index names", async () => {
  using folder = temporaryFolder();
  const all = [...weightsFor(SMALL)];
  const half = Math.floor(all.length / 2);
  const shards = { "a.safetensors": all.slice(0, half), "b.safetensors": all.slice(half) };
  const weight_map: Record<string, string> = {};
  for (const [name, weights] of Object.entries(shards)) {
    await Deno.writeFile(`${folder.path}/${name}`, safetensors(new Map(weights), "F32"));
    for (const [weight] of weights) weight_map[weight] = name;
  }
  const index = `${folder.path}/model.safetensors.index.json`;
  await Deno.writeTextFile(index, JSON.stringify({ weight_map }));
  using checkpoint = openCheckpoint(index);
  assert.equal(checkpoint.tensors.size, all.length);
  for (const [name, { shape, values }] of all) {
    const tensor = checkpoint.tensors.get(name)!;
    assert.deepEqual(tensor.shape, shape);
    tensor.check();
    const bits = new Uint32Array(values.length);
    tensor.read(0, bits);
    assert.deepEqual(new Float32Array(bits.buffer), values);
    tensor.read(values.length - 3, bits.subarray(0, 3));
    assert.deepEqual(new Float32Array(bits.buffer, 0, 3), values.slice(-3));
  }
});

const BROKEN: [string, (whole: Uint8Array<ArrayBuffer>) => Uint8Array, RegExp][] = [
  ["an empty file", () => new Uint8Array(0), /only 0 bytes/],
  ["a header that is cut", (whole) => whole.subarray(0, 200), /header claims \d+ bytes/],
  ["data that are cut", (whole) => whole.subarray(0, whole.length - 1), /ends at byte/],
  ["a header that is not JSON", (whole) => {
    const damaged = whole.slice();
    damaged[8] = 0x78;
    return damaged;
  }, /not JSON/],
  ["a text", () => new TextEncoder().encode("not a checkpoint at all"), /header claims/],
];

for (const [name, damage, message] of BROKEN) {
  Deno.test(`openCheckpoint() says what is wrong with ${name}`, async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/w.safetensors`;
    await Deno.writeFile(path, damage(safetensors(weightsFor(SMALL), "F16")));
    assert.throws(
      () => openCheckpoint(path),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}

/** A safetensors file with that header and `dataBytes` bytes of data. */
function withHeader(header: unknown, dataBytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  return new Uint8Array([...length, ...json, ...new Uint8Array(dataBytes)]);
}

const HOSTILE: [string, unknown][] = [
  ["nothing", null],
  ["a number", 7],
  ["no offsets", { dtype: "F32", shape: [1] }],
  ["negative offsets", { dtype: "F32", shape: [1], data_offsets: [-8, -4] }],
  ["offsets that are text", { dtype: "F32", shape: [1], data_offsets: ["0", "4"] }],
  ["a negative size", { dtype: "F32", shape: [-1], data_offsets: [0, 4] }],
  ["a size beyond numbers", { dtype: "F32", shape: [1e300], data_offsets: [0, 4] }],
];

for (const [name, entry] of HOSTILE) {
  Deno.test(`openCheckpoint() refuses a weight whose entry is or has ${name}`, async () => {
    using folder = temporaryFolder();
    await Deno.writeFile(`${folder.path}/w`, withHeader({ w: entry }, 4));
    assert.throws(
      () => openCheckpoint(`${folder.path}/w`),
      (error) => error instanceof InputError && /"w" lacks dtype, shape/.test(error.message),
    );
  });
}

Deno.test("openCheckpoint() refuses bytes that do not fit the shape, before it reads them", async () => {
  using folder = temporaryFolder();
  const entry = { dtype: "F32", shape: [2 ** 40], data_offsets: [0, 4] };
  await Deno.writeFile(`${folder.path}/w`, withHeader({ w: entry }, 4));
  using checkpoint = openCheckpoint(`${folder.path}/w`);
  assert.throws(() => checkpoint.tensors.get("w")!.check(), /has 4 bytes, its shape takes 4398/);
});

Deno.test("openCheckpoint() refuses a header above the format's own limit", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/w`;
  await Deno.writeFile(path, new Uint8Array(new BigUint64Array([200_000_000n]).buffer));
  await Deno.truncate(path, 300_000_000); // a hole: takes no room
  assert.throws(() => openCheckpoint(path), /header claims 200000000 bytes, above 100000000/);
});

for (
  const [name, map, message] of [
    ["without files", 3, /no "weight_map"/],
    ["that leads out of its folder", { w: "../w.safetensors" }, /"\.\.\/w.safetensors", which is/],
    ["that names no text", { w: 3 }, /names the file 3/],
    ["of a file that is missing", { w: "gone.safetensors" }, /Cannot read ".*gone.safetensors"/],
  ] as const
) {
  Deno.test(`openCheckpoint() refuses an index ${name}`, async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/model.safetensors.index.json`;
    await Deno.writeTextFile(path, JSON.stringify({ weight_map: map }));
    assert.throws(
      () => openCheckpoint(path),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}

Deno.test("openCheckpoint() refuses types that it cannot convert", async () => {
  using folder = temporaryFolder();
  const entry = { dtype: "I8", shape: [2], data_offsets: [0, 2] };
  await Deno.writeFile(`${folder.path}/w`, withHeader({ w: entry }, 2));
  using checkpoint = openCheckpoint(`${folder.path}/w`);
  assert.throws(() => checkpoint.tensors.get("w")!.check(), /its type is I8/);
});
