import { type Accuracy, type AccuracyRow, type AlignmentRow, percent } from "./result.ts";

/** docs/accuracy.md, all of it. */
export function accuracyPage(accuracy: Accuracy): string {
  const { runs, seed, goals, alignment, rows } = accuracy;
  const overall = rows.filter(({ cadenceMs }) => cadenceMs === null);
  const byCadence = rows.filter(({ cadenceMs, method }) =>
    cadenceMs !== null && method === "integrated, latch calibrated"
  );
  return `# How accurate is it?

<!-- Written by \`deno task accuracy --write\`; do not edit. -->

Truth against estimate on the virtual rig (\`lib/power/rig\`): from a schedule of true power it makes
the records that powermetrics would have written, and all that is not known of a real meter is drawn
at random, seeded: cadence and its jitter, which end of the interval the time stamps mark, the
clock's rate (± 50 ppm) and the wall clock's (± 20 ppm), gaps between records (in a tenth of the
runs, up to 1 ms), how long after a record's boundary the counters are read (−5 to +40 ms, and up to
3 ms of jitter), how late the records come and what holds them up. What the rig leaves out: the
error of the meter's own model, which no clock can show, and everything that nobody has recorded
yet.

\`deno task accuracy --runs ${runs} --seed ${seed}\` printed this; a tenth of it is a test.

## Goals

${
    table(
      ["goal", "", "found"],
      goals.map((goal) => [
        goal.goal,
        goal.reached ? "reached" : "**missed**",
        goal.found,
      ]),
    )
  }
${WHY}
## When was each record?

The bound is the half-width that \`alignRecords\` states. Energy is that of the records inside a span
of 10 s or more of steady work, against what was truly drawn in the time that they cover.

${table(ALIGNMENT_TITLES, alignment.map(alignmentCells))}
## What did each phase cost?

Idle, prefill, decode, idle, each once: no repetitions, which \`profile()\` would have. The error is
relative to the truth, |estimate ÷ truth − 1|. _Latch calibrated_ knows each rail's delay to ± 2 ms
(\`deno task calibrate\`), _integrated_ only that it is −5 to +40 ms. The other ways are those of
other tools. Coverage says how often the truth lies in the stated interval, the top decile being the
phases whose power is furthest from the mean.

${table(ROW_TITLES, overall.map(rowCells))}
By cadence, latch calibrated:

${table(ROW_TITLES, byCadence.map(rowCells))}`;
}

const WHY =
  `- **The bound at 10 s.** Ten changes of the second are all that bounds a record from below; from
  above it is the arrival of the fastest one. Where counters are read late the record is written
  late, as it cannot hold what has not happened: runs whose counters are read at once reach the
  goal, runs over the whole prior do not. In longer runs the seconds alone are enough.
- **Gaps.** Recordings show none (Σ elapsed fits the stamps), so the alignment assumes none until
  the records contradict that, which a short run cannot: there the bound can be too small.
- **The wall clock.** The stamps are wall-clock time, our dates a monotonic clock's, and the two
  part: by 12 ms in ten minutes at 20 ppm, by hours where a Mac has slept. So the distance between
  the two is read as each record comes; the last row shows the bound without that.
`;

const ALIGNMENT_TITLES = [
  "runs",
  "n",
  "bound, median",
  "p95",
  "boundaries inside",
  "runs wholly inside",
  "right reading",
  "clock steps",
  "energy error, median",
  "worst",
];

function alignmentCells(row: AlignmentRow): string[] {
  return [
    row.runs,
    `${row.n}`,
    `${row.medianBoundMs.toFixed(1)} ms`,
    `${row.p95BoundMs.toFixed(1)} ms`,
    percent(row.boundariesInside),
    percent(row.runsInside),
    percent(row.rightReading),
    `${row.clockSteps}`,
    percent(row.wholeRecordsMedian),
    percent(row.wholeRecordsWorst),
  ];
}

const ROW_TITLES = [
  "phases",
  "method",
  "cadence",
  "n",
  "error, median",
  "p95",
  "interval",
  "resolved",
  "coverage",
  "top decile",
];

function rowCells(row: AccuracyRow): string[] {
  return [
    row.case,
    row.method,
    row.cadenceMs === null ? "100–250 ms" : `${row.cadenceMs} ms`,
    `${row.n}`,
    percent(row.medianError),
    percent(row.p95Error),
    row.interval ?? "none",
    row.interval === null ? "–" : percent(row.resolved),
    percent(row.coverage),
    percent(row.coverageTopDecile),
  ];
}

/** Padded as `deno fmt` would pad it. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, i) =>
    Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |\n`;
  return line(titles) + line(widths.map((width) => "-".repeat(width))) + rows.map(line).join("");
}
