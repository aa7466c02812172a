import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { MOST_EVENTS, readProfile } from "../../../lib/profile/layers/profile_file.ts";
import { event, profileText } from "../../fixtures/profile_files.ts";
import { temporaryFolder } from "../../model/checkpoints.ts";
import { testUnless } from "../../gate/needs.ts";

function read(text: string) {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/p.json`, text);
  return readProfile(`${folder.path}/p.json`);
}

const PASS = { nodes: [{ name: "/a/MatMul", op: "MatMul", us: 100 }] };

Deno.test("readProfile() reads operations and passes", () => {
  const events = read(profileText([PASS, PASS]));
  assert.deepEqual(events.labels.map(({ kind, name, opType }) => [kind, name, opType]), [
    ["node", "/a/MatMul", "MatMul"],
    ["run", "", ""],
  ]);
  assert.deepEqual([...events.labelOf], [0, 1, 0, 1]);
  assert.deepEqual([...events.durationUs], [100, 120, 100, 120]);
  assert.equal(events.isCut, false);
  assert.equal(events.isFull, false);
});

Deno.test("readProfile() agrees with JSON.parse on 1 MB blocks, escapes and other scripts", () => {
  const nodes = Array.from({ length: 300 }, (_, i) => ({
    name: i % 3 === 0 ? `/層.${i}/"q"\\proj` : `/model/é${i}/MatMul`,
    op: "MatMul",
    us: i,
  }));
  const text = profileText(Array.from({ length: 40 }, () => ({ nodes })));
  assert.ok(text.length > 3 << 20);
  const events = read(text);
  const wanted = (JSON.parse(text) as { name: string; dur: number; cat: string }[])
    .filter(({ name, cat }) => cat === "Node" || name === "model_run");
  assert.equal(events.count, wanted.length);
  wanted.forEach(({ name, dur }, i) => {
    const label = events.labels[events.labelOf[i]!]!;
    assert.equal(label.kind === "run" ? "model_run" : `${label.name}_kernel_time`, name);
    assert.equal(events.durationUs[i], dur);
  });
});

Deno.test("readProfile() passes over what it does not know", () => {
  const lines = profileText([PASS]).split("\n");
  lines.splice(
    3,
    0,
    event("Kernel", "cuda", 1, 2, {}) + ",",
    event("Node", "x_fence_before", 1, 2, {}) + ",",
    `{"new" : true},`,
    `{"cat" : "Node","ph" : "X","name" :"x_kernel_time","args" : null},`,
    "",
  );
  assert.equal(read(lines.join("\n")).count, 2);
});

Deno.test("readProfile() tells a file that was cut, wherever", () => {
  const text = profileText([PASS, PASS]);
  assert.equal(read(text).isCut, false);
  for (let length = text.length - 3; length > text.indexOf("Node"); length -= 7) {
    const events = read(text.slice(0, length));
    assert.equal(events.isCut, true, `at ${length}`);
    assert.ok(events.count <= 4);
  }
});

Deno.test("readProfile() refuses what is no profile, in one line", () => {
  const line = event("Session", "model_run", 1, 2, {});
  for (
    const [text, problem] of [
      ["", /empty/],
      ["{}", /does not open an array/],
      [`[\n${line},\n{"cat" : "Node",\n${line}\n]`, /line 3 is not an event/],
      ["\x89PNG\r\n\x1a\n", /does not open an array/],
      [`[\n${"x".repeat(1 << 25)}`, /longer than/],
    ] as const
  ) {
    assert.throws(
      () => read(text),
      (error) => error instanceof InputError && problem.test(error.message),
    );
  }
  assert.throws(() => readProfile("/nowhere/p.json"), InputError);
});

const isLong = Deno.env.get("TOKENWATT_LONG") === "1";
testUnless(
  isLong ? null : "it writes 250 MB; TOKENWATT_LONG=1 runs it",
  "readProfile() takes a full profile in bounded memory and says that it is full",
  () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/p.json`;
    {
      using file = Deno.openSync(path, { create: true, write: true });
      const write = (text: string) => file.writeSync(new TextEncoder().encode(text));
      write("[\n");
      const args = { op_name: "MatMul", rest: "x".repeat(100) };
      for (let i = 0; i < MOST_EVENTS / 1000; i++) {
        const lines = Array.from(
          { length: 1000 },
          (_, j) => event("Node", `n${j}_kernel_time`, i * 1000 + j, 1, args) + ",\n",
        );
        write(lines.join(""));
      }
      write(event("Session", "model_run", 0, 1, {}) + "\n]\n");
    }
    const before = Deno.memoryUsage().rss;
    const events = readProfile(path);
    assert.equal(events.isFull, true);
    assert.equal(events.count, MOST_EVENTS + 1);
    assert.ok(Deno.memoryUsage().rss - before < 200e6);
  },
);
