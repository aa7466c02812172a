import assert from "node:assert/strict";
import {
  type CellOutput,
  type Execution,
  judgeExecution,
  judgeRepeat,
  readExecutions,
} from "../../tasks/test/outputs.ts";

const CHART: CellOutput = { type: "display_data", mimes: { "text/html": 900, "text/plain": 9 } };
const TEXT: CellOutput = { type: "stream", mimes: { stdout: 3 } };

function executionOf(source: string, outputs: CellOutput[], failure: string | null = null) {
  return { notebook: "a.ipynb", failure, cells: [{ number: 1, source, outputs }] };
}

const problems = (execution: Execution) =>
  judgeExecution(execution).map((check) => check.problem !== null);

Deno.test("judgeExecution() accepts one chart for each show", () => {
  assert.deepEqual(problems(executionOf("await show(a);\nawait show(b);", [CHART, TEXT, CHART])), [
    false,
    false,
  ]);
});

Deno.test("judgeExecution() misses the chart that a show did not leave", () => {
  assert.deepEqual(problems(executionOf("await show(a);\nawait show(b);", [CHART])), [false, true]);
});

Deno.test("judgeExecution() takes an empty text/html for no chart", () => {
  const empty: CellOutput = { type: "display_data", mimes: { "text/html": 0 } };
  assert.deepEqual(problems(executionOf("await show(a);", [empty])), [false, true]);
});

Deno.test("judgeExecution() asks for no chart in cells that show none", () => {
  assert.deepEqual(problems(executionOf("// show(a)\nfunction show(a) {}", [])), [false]);
});

Deno.test("judgeExecution() reports error outputs and an early end", () => {
  const error: CellOutput = { type: "error", mimes: {}, error: "TypeError: planted" };
  const [check] = judgeExecution(executionOf("1;", [error], "DeadKernelError: Kernel died"));
  assert.equal(check?.problem, "DeadKernelError: Kernel died\ncell 1: TypeError: planted");
});

Deno.test("judgeExecution() reports the value of a last line, which nobody asked to see", () => {
  const value: CellOutput = { type: "execute_result", mimes: { "text/plain": 34_484 } };
  const [check] = judgeExecution(executionOf("run;", [value]));
  assert.equal(check?.problem, "cell 1 shows the value of its last line; use print() or show()");
});

Deno.test("judgeRepeat() accepts other sizes and other cuts of a stream", () => {
  const wider: CellOutput = { ...CHART, mimes: { "text/html": 950, "text/plain": 9 } };
  const first = executionOf("x", [TEXT, CHART]);
  assert.equal(judgeRepeat(first, executionOf("x", [TEXT, TEXT, wider]), "again").problem, null);
});

Deno.test("judgeRepeat() says what a repeated execution lost", () => {
  const check = judgeRepeat(
    executionOf("x", [CHART, TEXT]),
    executionOf("x", [TEXT]),
    "run 2 of 2",
  );
  assert.equal(check.name, "a.ipynb run 2 of 2 loses no output");
  assert.match(check.problem ?? "", /^cell 1: expected display_data.*, found stream\(stdout\)$/);
});

Deno.test("readExecutions() passes over lines that are not the runner's", () => {
  const line = JSON.stringify(executionOf("x", []));
  assert.equal(readExecutions(`Warning: unstable\n${line}\n`).length, 1);
});
