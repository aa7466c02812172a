import { tableLines } from "../frame/mod.ts";
import { percent } from "./goals.ts";
import type { Accuracy } from "./result.ts";

/** Goals, alignment and errors as tables for a terminal. */
export function accuracyLines({ goals, alignment, rows }: Accuracy): string[] {
  return [
    ...tableLines(
      [{ title: "goal" }, { title: "" }, { title: "found" }],
      goals.map(({ goal, reached, found }) => [goal, reached ? "reached" : "MISSED", found]),
    ),
    "",
    ...tableLines(
      [
        { title: "runs" },
        { title: "n", right: true },
        { title: "bound ms", right: true },
        { title: "inside", right: true },
        { title: "energy off by at most", right: true },
      ],
      alignment.map((row) => [
        row.runs,
        `${row.n}`,
        row.medianBoundMs.toFixed(1),
        percent(row.boundariesInside),
        percent(row.wholeRecordsWorst),
      ]),
    ),
    "",
    ...tableLines(
      [
        { title: "what" },
        { title: "method" },
        { title: "token ms", right: true },
        { title: "n", right: true },
        { title: "error, median", right: true },
        { title: "p95", right: true },
        { title: "coverage", right: true },
      ],
      rows.filter(({ cadenceMs }) => cadenceMs === null).map((row) => [
        `${row.what}: ${row.case}`,
        row.method,
        `${row.tokenMs ?? ""}`,
        `${row.n}`,
        percent(row.medianError),
        percent(row.p95Error),
        percent(row.coverage),
      ]),
    ),
  ];
}
