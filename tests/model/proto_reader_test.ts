import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { ProtoFile } from "../../lib/model/proto_reader.ts";
import { Message } from "../../lib/model/proto_writer.ts";
import { temporaryFolder } from "./checkpoints.ts";

function withFile(bytes: Uint8Array, run: (file: ProtoFile) => void): void {
  using folder = temporaryFolder();
  Deno.writeFileSync(`${folder.path}/message`, bytes);
  using file = new ProtoFile(`${folder.path}/message`);
  run(file);
}

Deno.test("ProtoFile reads back what Message wrote, also negative and large numbers", () => {
  const numbers = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 1, -1, -(2 ** 40)];
  const message = new Message().ints(1, numbers).field(2, "Grüße").field(
    3,
    new Message().int(5, 9),
  );
  withFile(message.bytes(), (file) => {
    const fields = [...file.fields()];
    assert.deepEqual(fields.filter((f) => f.number === 1).map((f) => f.value), numbers);
    assert.equal(file.text(fields.find((f) => f.number === 2)!), "Grüße");
    const inner = fields.find((f) => f.number === 3)!;
    assert.deepEqual([...file.fields(inner.start, inner.end)].map((f) => f.value), [9]);
  });
});

Deno.test("ProtoFile reads packed numbers", () => {
  withFile(new Message().field(1, new Uint8Array([3, 0x96, 0x01, 7])).bytes(), (file) => {
    assert.deepEqual(file.varints([...file.fields()][0]!, 3), [3, 150, 7]);
  });
});

Deno.test("ProtoFile skips a payload larger than its window and reads on behind it", () => {
  const message = new Message().field(1, new Uint8Array(1 << 20)).field(2, "behind");
  withFile(message.bytes(), (file) => {
    const [big, text] = [...file.fields()];
    assert.equal(big!.end - big!.start, 1 << 20);
    assert.equal(file.text(text!), "behind");
    assert.equal(file.bytes(big!.start, big!.end).length, 1 << 20);
  });
});

const BROKEN: [string, number[]][] = [
  ["a length past the end", [0x0a, 0x05, 1]],
  ["a huge length", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ["a negative length", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ["a number without end", [0x08, 0xff, 0xff]],
  ["a number of eleven bytes", [0x08, ...Array(11).fill(0xff)]],
  ["a group", [0x0b]],
  ["field number 0", [0x00, 0x01]],
  ["half a fixed number", [0x0d, 1, 2]],
];

for (const [name, bytes] of BROKEN) {
  Deno.test(`ProtoFile.fields() throws InputError for ${name}`, () => {
    withFile(new Uint8Array(bytes), (file) => {
      assert.throws(() => [...file.fields()], InputError);
    });
  });
}
