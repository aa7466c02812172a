import type { Check } from "./step.ts";

/** One output of a cell, as `tests/notebooks/execute.py` prints it. */
export interface CellOutput {
  type: "display_data" | "execute_result" | "stream" | "error";
  /** Characters per MIME type, or per stream. */
  mimes: Record<string, number>;
  error?: string;
}

/** One execution of one notebook. */
export interface Execution {
  notebook: string;
  /** Why the execution ended early; `null` where it did not. */
  failure: string | null;
  cells: { number: number; source: string; outputs: CellOutput[] }[];
}

/** The executions among the lines that the runner printed; other lines are the kernel's chatter. */
export function readExecutions(text: string): Execution[] {
  return text.split("\n").filter((line) => line.startsWith('{"notebook"')).map((line) =>
    JSON.parse(line) as Execution
  );
}

/** What must hold for any execution: it ran to its end without errors, each show left a chart. */
export function judgeExecution(execution: Execution): Check[] {
  const errors = execution.cells.flatMap(({ number, outputs }) =>
    outputs.filter((output) => output.type === "error")
      .map((output) => `cell ${number}: ${output.error}`)
  );
  // The value of a last line is shown only where nothing overtakes it, and may name this machine.
  const values = execution.cells
    .filter(({ outputs }) => outputs.some(({ type }) => type === "execute_result"))
    .map(({ number }) => `cell ${number} shows the value of its last line; use print() or show()`);
  const problems = [execution.failure, ...errors, ...values].filter((problem) => problem !== null);
  return [
    {
      name: `${execution.notebook} runs without an error`,
      problem: problems.length > 0 ? problems.join("\n") : null,
    },
    ...execution.cells.map((cell) => ({ ...cell, shows: countShows(cell.source) }))
      .filter((cell) => cell.shows > 0)
      .map(({ number, outputs, shows }) => {
        const charts = outputs.filter(isChart).length;
        return {
          name: `${execution.notebook} cell ${number} shows ${shows}`,
          problem: charts === shows ? null : `found ${charts} text/html outputs for ${shows} shows`,
        };
      }),
  ];
}

/** What must hold for a repeated execution: each cell put out what it did the first time. */
export function judgeRepeat(first: Execution, again: Execution, run: string): Check {
  const lost = first.cells.flatMap((cell, index) => {
    const expected = shape(cell.outputs);
    const found = shape(again.cells[index]?.outputs ?? []);
    return expected === found ? [] : [`cell ${cell.number}: expected ${expected}, found ${found}`];
  });
  const problems = [...again.failure === null ? [] : [again.failure], ...lost];
  return {
    name: `${again.notebook} ${run} loses no output`,
    problem: problems.length > 0 ? problems.join("\n") : null,
  };
}

function isChart(output: CellOutput): boolean {
  return output.type === "display_data" && (output.mimes["text/html"] ?? 0) > 0;
}

function countShows(source: string): number {
  const code = source.replace(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/(?<!function )\b(?:show|liveView)\(/g)].length;
}

// Sizes differ from run to run with the numbers drawn; kinds and their order do not. How text is
// cut into stream messages is chance, so it counts once per stream.
function shape(outputs: readonly CellOutput[]): string {
  const kinds = outputs.map((output) =>
    `${output.type}(${Object.keys(output.mimes).sort().join(" + ")})`
  );
  const streams = new Set(kinds.filter((kind) => kind.startsWith("stream")));
  const shown = kinds.filter((kind) => !kind.startsWith("stream"));
  return [...shown, ...[...streams].sort()].join(", ") || "nothing";
}
