import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { detectArchitecture } from "../../lib/model/architecture.ts";
import { readOnnx } from "../../lib/model/onnx_reader.ts";
import { DataType } from "../../lib/model/onnx_types.ts";
import { lengthPrefix, Message } from "../../lib/model/proto_writer.ts";
import { RECIPES } from "../fixtures/decoder_recipes.ts";
import { exportDecoder } from "../fixtures/exporter_graphs.ts";
import { OnnxGraph } from "../fixtures/onnx_graph.ts";
import { genaiInt4, merged } from "../fixtures/runtime_graphs.ts";
import { temporaryFolder } from "./checkpoints.ts";

const isLong = Deno.env.get("TOKENWATT_LONG") === "1";

async function refused(bytes: Uint8Array, message: RegExp): Promise<void> {
  using folder = temporaryFolder();
  const path = `${folder.path}/model.onnx`;
  await Deno.writeFile(path, bytes);
  await assert.rejects(
    detectArchitecture(path),
    (error) =>
      error instanceof InputError && message.test(error.message) && !error.message.includes("\n"),
  );
}

function modelOf(...fields: [number, Message][]): Uint8Array {
  const graph = new Message();
  for (const [number, message] of fields) graph.field(number, message);
  return new Message().field(7, graph).bytes();
}

const NODE = new Message().field(1, "w").field(2, "y").field(4, "Identity");
const tensor = (dims: readonly number[], type: number) =>
  new Message().ints(1, dims).int(2, type).field(8, "w");
const external = (entries: Record<string, string>) => {
  const message = tensor([4, 4], DataType.FLOAT);
  for (const [key, value] of Object.entries(entries)) {
    message.field(13, new Message().field(1, key).field(2, value));
  }
  return message.int(14, 1);
};

const BAD_WEIGHTS: [string, Message, RegExp][] = [
  ["of a shape that no file holds", tensor([2 ** 40, 2 ** 40], 1), /impossible shape/],
  ["of a negative shape", tensor([-4, 4], 1).field(9, new Uint8Array(64)), /impossible shape/],
  ["without its data", tensor([1000, 1000], 1), /has 0 bytes/],
  ["of less typed data than its shape", tensor([999], 1).field(4, new Uint8Array(8)), /8 bytes/],
  ["of an unknown type", tensor([2, 2], 99).field(9, new Uint8Array(16)), /unknown type 99/],
  ["of 33 dimensions", tensor(Array(33).fill(1), 1), /too many dimensions/],
  ["of endless dimensions", new Message().field(1, new Uint8Array(4096).fill(1)), /too many/],
  ["in a file without a name", external({ offset: "0" }), /lies in ""/],
  ["at a negative offset", external({ location: "d", offset: "-1" }), /at byte -1/],
  ["at an offset that is no number", external({ location: "d", offset: "x" }), /at byte x/],
  ["shorter than its shape", external({ location: "d", length: "12" }), /has 12 bytes in "d"/],
];

for (const [name, weight, message] of BAD_WEIGHTS) {
  Deno.test(`readOnnx() refuses a weight ${name}`, () =>
    refused(modelOf([1, NODE], [5, weight]), message));
}

Deno.test("readOnnx() refuses a name that is not UTF-8", () => {
  const node = new Message().field(2, "y").field(3, new Uint8Array([0x61, 0xff])).field(4, "Add");
  return refused(modelOf([1, node]), /is not UTF-8/);
});

Deno.test("readOnnx() refuses a name of two megabytes", () => {
  const node = new Message().field(2, "y").field(3, new Uint8Array(1 << 21).fill(0x61));
  return refused(modelOf([1, node]), /2097152 bytes long/);
});

Deno.test("readOnnx() refuses graphs that lie in each other without end", () => {
  let graph = new Message().field(1, NODE);
  for (let depth = 0; depth < 2000; depth++) {
    const branch = new Message().field(1, "then_branch").field(6, graph);
    graph = new Message().field(1, new Message().field(4, "If").field(5, branch));
  }
  return refused(new Message().field(7, graph).bytes(), /lie in each other, 17 deep/);
});

Deno.test("readOnnx() refuses ten million tiny nodes before it holds them", async () => {
  const count = isLong ? 10_000_000 : 1_000_000;
  const nodes = new Uint8Array(2 * count);
  for (let i = 0; i < nodes.length; i += 2) nodes[i] = 0x0a; // an empty node: tag and length 0
  const bytes = new Uint8Array([...lengthPrefix(7, nodes.length)].length + nodes.length);
  bytes.set(lengthPrefix(7, nodes.length));
  bytes.set(nodes, bytes.length - nodes.length);
  await refused(bytes, /more than 400000 parts/);
});

Deno.test("detectArchitecture() refuses a graph that runs in a circle", () => {
  const graph = new OnnxGraph();
  graph.node("Add", "first", ["b", "x"], ["a"]);
  graph.node("Relu", "second", ["a"], ["b"]);
  return refused(graph.bytes(), /runs in a circle through the (Add "first"|Relu "second")/);
});

Deno.test("detectArchitecture() takes a graph whose nodes stand in any order", async () => {
  using folder = temporaryFolder();
  const graph = new OnnxGraph();
  graph.node("Relu", "second", ["a"], ["b"]);
  graph.node("Neg", "first", ["x"], ["a"]);
  await Deno.writeFile(`${folder.path}/m.onnx`, graph.bytes());
  assert.equal((await detectArchitecture(`${folder.path}/m.onnx`)).numLayers, 0);
});

Deno.test("readOnnx() refuses a folder and a pipe without waiting", async () => {
  using folder = temporaryFolder();
  assert.throws(() => readOnnx(folder.path), InputError);
  if (Deno.build.os === "windows") return;
  const pipe = `${folder.path}/pipe`;
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  assert.throws(() => readOnnx(pipe), InputError);
});

Deno.test("detectArchitecture() never fails but by InputError, whatever bytes are damaged", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/model.onnx`;
  const seeds = [
    exportDecoder(RECIPES[0]!, "dynamo").graph.bytes(),
    merged(exportDecoder(RECIPES.find((r) => r.hasExperts === true)!, "torchscript").graph).bytes(),
    genaiInt4({ fourNorms: true }).bytes(),
  ];
  const random = generator(20261123);
  let refusals = 0;
  let survivals = 0;
  for (let round = 0; round < (isLong ? 2000 : 200); round++) {
    const bytes = damaged(seeds[round % seeds.length]!, random);
    await Deno.writeFile(path, bytes);
    try {
      const { coverage, numLayers } = await detectArchitecture(path);
      assert.ok(coverage >= 0 && coverage <= 1 && numLayers >= 0);
      survivals++;
    } catch (error) {
      assert.ok(error instanceof InputError, `round ${round}: ${error}`);
      refusals++;
    }
  }
  assert.ok(refusals > 10 && survivals > 10, `${refusals} refused, ${survivals} read`);
});

Deno.test("readOnnx() reads past 1.9 GB of weights without loading them", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/model.onnx`;
  const [rows, columns, count] = [8192, 1024, 58];
  const bytes = rows * columns * 4;
  const node = new Message().field(1, "w0").field(2, "y").field(3, "n").field(4, "Identity");
  const heads = Array.from({ length: count }, (_, i) => {
    const head = new Message().ints(1, [rows, columns]).int(2, 1).field(8, `w${i}`).bytes();
    const raw = lengthPrefix(9, bytes);
    const length = lengthPrefix(5, head.length + raw.length + bytes);
    return new Uint8Array([...length, ...head, ...raw]);
  });
  const first = new Message().field(1, node).bytes();
  const total = heads.reduce((sum, head) => sum + head.length + bytes, first.length);
  {
    // A sparse file: the weights are holes.
    using file = await Deno.create(path);
    await file.write(new Uint8Array([...lengthPrefix(7, total), ...first]));
    for (const head of heads) {
      await file.write(head);
      await file.seek(bytes, Deno.SeekMode.Current);
    }
    await file.truncate(lengthPrefix(7, total).length + total);
  }
  const before = Deno.memoryUsage().rss;
  const { graph } = readOnnx(path);
  assert.equal(graph.initializers.length, count);
  assert.equal(graph.initializers.reduce((sum, own) => sum + own.byteLength, 0), count * bytes);
  assert.ok(Deno.memoryUsage().rss - before < 100e6);
});

// Bytes changed, cut out, put in twice, or cut off.
function damaged(whole: Uint8Array, random: () => number): Uint8Array {
  let bytes = whole.slice();
  const at = () => Math.floor(random() * bytes.length);
  for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
    const kind = Math.floor(random() * 4);
    const [start, end] = [at(), at()].sort((a, b) => a - b) as [number, number];
    const near = Math.min(end, start + 64);
    if (kind === 0) bytes[start] = Math.floor(random() * 256);
    else if (kind === 1) bytes[start] = bytes[end]!;
    else if (kind === 2) {
      bytes = new Uint8Array([...bytes.subarray(0, start), ...bytes.subarray(near)]);
    } else bytes = new Uint8Array([...bytes.subarray(0, near), ...bytes.subarray(start)]);
  }
  return bytes;
}

// mulberry32
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
