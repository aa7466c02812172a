import assert from "node:assert/strict";
import { formatted, replaceBetween } from "../../tasks/bench/docs_page.ts";
import { markdown } from "../../tasks/bench/markdown.ts";
import { comparedWork, type Report, timed } from "../../tasks/bench/report.ts";

const MACHINE = {
  cpu: "A processor whose name has many words, more than fit into a line together with the rest",
  logicalCpus: 2,
  os: "O",
  deno: "D",
  onnxruntimeNode: "1.30.0",
  transformers: { version: "4.3.1", onnxruntimeNode: "1.30.0" },
};

const EMPTY: Report = {
  date: "2026-01-01",
  commit: null,
  machine: MACHINE,
  threads: 1,
  loadBefore: 0,
  loadAfter: 0,
  comparisons: [],
  works: [],
  durations: [],
  leftOut: [],
};

const PAGE = "# Title\n\n<!-- bench: begin -->\n\n<!-- bench: end -->\n\nafter\n";

const round = (ms: number) => ({
  baseMs: [10, 10] as [number, number],
  subjectMs: [ms, ms] as [number, number],
  foreignCpus: 0,
});
const work = comparedWork(
  { name: "x", title: "ours ÷ theirs", given: "a record", goal: { atMost: 1 } },
  [4, 5, 6, 5, 5, 5, 5].map(round),
);
const lasting = (ms: number, foreignCpus = 0) => ({ ms, foreignCpus });
const duration = timed(
  { name: "y", title: "`answer()`", given: "much", budgetMs: 2000 },
  undefined,
  [1100, 1200, 1300, 1150, 1250, 1225, 1175].map((ms) => lasting(ms)),
  7,
);

Deno.test("markdown() tells a ratio, its interval and the goal, and has no table without rows", () => {
  assert.deepEqual(work.ratio, { median: 0.5, low: 0.4, high: 0.6 });
  assert.deepEqual(work.verdict, { reached: true, sure: true });
  const text = markdown({ ...EMPTY, works: [work] });
  assert.match(
    text,
    /\| a record \| ours ÷ theirs \| 10\.000 +\| 5\.000 +\| 0\.500 \(0\.400 … 0\.600\)/,
  );
  assert.match(text, /≤ 1\.00 \| reached/);
  assert.doesNotMatch(text, /Context|Durations|Not measured/);
});

Deno.test("markdown() tells a duration in the unit of its median, its budget and memory", () => {
  const text = markdown({
    ...EMPTY,
    durations: [
      duration,
      timed(
        { name: "z", title: "t", given: "g", budgetMs: null },
        "this one",
        [{ ms: 0.5, peakBytes: 61e6, foreignCpus: 2 }],
        1,
      ),
    ],
  });
  assert.match(
    text,
    /much +\| `answer\(\)` +\| 1\.20 s \(1\.10 … 1\.30\) +\| +\| none +\| ≤ 2 s +\| reached/,
  );
  assert.match(text, /t: this one +\| 0\.500 ms \(too few rounds\) +\| 61 MB +\| 1 of 1 +\| none/);
});

Deno.test("timed() takes the least disturbed rounds, and judges by the budget", () => {
  const rounds = [lasting(900, 1), ...[10, 20, 30, 40, 50, 60].map((ms) => lasting(ms))];
  const about = { name: "y", title: "t", given: "g", budgetMs: 55 };
  const { ms, verdict, disturbedRounds } = timed(about, undefined, rounds, 6);
  assert.deepEqual(ms, { median: 35, low: 10, high: 60 });
  assert.deepEqual(verdict, { reached: true, sure: false });
  assert.equal(disturbedRounds, 0);
  assert.equal(timed(about, undefined, rounds, 7).disturbedRounds, 1);
});

Deno.test("markdown() in the page passes deno fmt, whatever the machine is called", async () => {
  const text = markdown({
    ...EMPTY,
    works: [work],
    durations: [duration],
    leftOut: [
      { measure: "torch", reason: `it needs ${"much, ".repeat(30)}`, failed: false },
      { measure: "zeus", reason: "no\n* such * file", failed: true },
    ],
  });
  const page = await formatted(replaceBetween(PAGE, text));
  assert.equal(await formatted(page), page);
  assert.ok(page.split("\n").every((line) => line.startsWith("|") || line.length <= 100), page);
  assert.ok(page.startsWith("# Title\n") && page.endsWith("after\n"));
  // Tables are as they were: no wider, no narrower.
  for (const row of text.split("\n").filter((line) => line.startsWith("|"))) {
    assert.ok(page.includes(`\n${row}\n`), row);
  }
  assert.match(page, /- `zeus` failed: no/);
});
