import assert from "node:assert/strict";
import { readProfile } from "../../../lib/profile/layers/profile_file.ts";
import { runsOf } from "../../../lib/profile/layers/runs.ts";
import { event, type MadeNode, type MadePass, profileText } from "../../fixtures/profile_files.ts";
import { temporaryFolder } from "../../model/checkpoints.ts";

/** Passes as lists of name, time and count. */
function runs(text: string): { durationUs: number; nodes: Record<string, [number, number]> }[] {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/p.json`, text);
  const events = readProfile(`${folder.path}/p.json`);
  return runsOf(events).map(({ durationUs, usOf }) => ({
    durationUs,
    nodes: Object.fromEntries(
      [...usOf].map(([label, { us, count }]) => [events.labels[label]!.name, [us, count]]),
    ),
  }));
}

const node = (name: string, us: number, rest: Partial<MadeNode> = {}): MadeNode => ({
  name,
  op: "MatMul",
  us,
  ...rest,
});
const PASSES: MadePass[] = [
  { nodes: [node("a", 10), node("b", 20)] },
  { nodes: [node("a", 11), node("a", 12)], extraUs: 7 },
];

Deno.test("runsOf() splits events by pass", () => {
  assert.deepEqual(runs(profileText(PASSES)), [
    { durationUs: 50, nodes: { a: [10, 1], b: [20, 1] } },
    { durationUs: 30, nodes: { a: [23, 2] } },
  ]);
});

Deno.test("runsOf() does not depend on the order of lines", () => {
  const lines = profileText(PASSES).trim().split("\n").slice(1, -1)
    .map((line) => line.replace(/,$/, ""));
  const shuffled = lines.map((line, i) => ({ line, rank: (i * 7) % lines.length }))
    .sort((a, b) => a.rank - b.rank).map(({ line }) => line);
  assert.deepEqual(runs(`[\n${shuffled.join(",\n")}\n]`), runs(profileText(PASSES)));
});

Deno.test("runsOf() counts what an If, Loop or Scan runs, and not itself", () => {
  const inner = [node("x", 10), node("if2", 0, { op: "If", inside: [node("y", 5)] })];
  for (const op of ["If", "Loop", "Scan"]) {
    const passes = [{ nodes: [node("outer", 40, { op, inside: inner }), node("z", 3)] }];
    assert.deepEqual(runs(profileText(passes))[0]!.nodes, { x: [10, 1], y: [5, 1], z: [3, 1] });
  }
});

Deno.test("runsOf() counts an If inside of which nothing was timed", () => {
  const passes = [{ nodes: [node("if", 9, { op: "If" }), node("z", 3)] }, PASSES[0]!];
  assert.deepEqual(runs(profileText(passes))[0]!.nodes, { if: [9, 1], z: [3, 1] });
});

Deno.test("runsOf() takes WebGPU's own times in place of the host's, and the host's for the rest", () => {
  const provider = "WebGpuExecutionProvider";
  const passes = [{
    nodes: [node("gpu", 35, { provider, gpuUs: 800 }), node("shape", 4, { op: "Shape" })],
    extraUs: 900,
  }];
  assert.deepEqual(runs(profileText(passes))[0]!.nodes, { gpu: [800, 1], shape: [4, 1] });
});

Deno.test("runsOf() leaves out what ran before, between and after passes", () => {
  const stray = (ts: number) => event("Node", "stray_kernel_time", ts, 1, { op_name: "Add" });
  const text = profileText(PASSES).replace(
    "\n]",
    `,\n${[100, 64_600, 99_999].map(stray).join(",\n")}\n]`,
  );
  assert.deepEqual(runs(text), runs(profileText(PASSES)));
});
