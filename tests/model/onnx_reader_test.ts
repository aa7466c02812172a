import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { buildModel } from "../../lib/model/mod.ts";
import { readOnnx } from "../../lib/model/onnx_reader.ts";
import { Message } from "../../lib/model/proto_writer.ts";
import { SMALL, temporaryFolder } from "./checkpoints.ts";

Deno.test("readOnnx() throws InputError for a model cut anywhere", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/model` });
  const whole = await Deno.readFile(onnxPath);
  const cut = `${folder.path}/cut.onnx`;
  for (let length = 0; length < whole.length; length += 997) {
    await Deno.writeFile(cut, whole.subarray(0, length));
    assert.throws(() => readOnnx(cut), InputError, `cut at ${length}`);
  }
  await Deno.writeFile(cut, whole.subarray(0, whole.length - 1));
  assert.throws(() => readOnnx(cut), /truncated/);
});

Deno.test("readOnnx() never fails but by InputError when bytes are damaged", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel({ ...SMALL, num_hidden_layers: 1 }, {
    outDir: `${folder.path}/model`,
  });
  const whole = await Deno.readFile(onnxPath);
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const damaged = whole.slice();
    damaged[(i * 7919) % 8000] = (i * 31) % 256;
    await Deno.writeFile(`${folder.path}/damaged.onnx`, damaged);
    try {
      readOnnx(`${folder.path}/damaged.onnx`);
    } catch (error) {
      assert.ok(error instanceof InputError, `byte ${i}: ${error}`);
      refused++;
    }
  }
  assert.ok(refused > 0);
});

const OTHER: [string, string | Uint8Array, RegExp][] = [
  ["an empty file", "", /holds no graph/],
  ["a text", "hello, this is not a model", /not start a field|no end|past the end/],
  ["a JSON file", '{"model_type": "llama"}', /as an ONNX model/],
  ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0", /git lfs pull/],
  ["a protobuf of another kind", new Message().int(1, 8).field(2, "x").bytes(), /holds no graph/],
];

for (const [name, content, message] of OTHER) {
  Deno.test(`readOnnx() says what is wrong with ${name}`, async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/model.onnx`;
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    assert.throws(
      () => readOnnx(path),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}

Deno.test("readOnnx() merges a graph that is appended to the file", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/model` });
  const tap = new Message().field(7, new Message().field(12, new Message().field(1, "tapped")));
  await Deno.writeFile(onnxPath, tap.bytes(), { append: true });
  const { graph } = readOnnx(onnxPath);
  assert.equal(graph.outputs.at(-1)?.name, "tapped");
  assert.equal(graph.outputs[0]?.name, "logits");
  assert.ok(graph.nodes.length > 0);
});

Deno.test("readOnnx() refuses a weight whose bytes do not fit its shape", async () => {
  using folder = temporaryFolder();
  const tensor = new Message().int(1, 4).int(2, 1).field(8, "w").field(9, new Uint8Array(12));
  const node = new Message().field(2, "y").field(4, "Identity").field(1, "w");
  const model = new Message().field(7, new Message().field(1, node).field(5, tensor));
  await Deno.writeFile(`${folder.path}/model.onnx`, model.bytes());
  assert.throws(() => readOnnx(`${folder.path}/model.onnx`), /"w" has 12 bytes .* takes 16/);
});
