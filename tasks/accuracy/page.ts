import { percent } from "./goals.ts";
import type { Accuracy, AccuracyRow, AlignmentRow } from "./result.ts";

/** docs/accuracy.md, all of it. */
export function accuracyPage(accuracy: Accuracy): string {
  const { runs, seed, goals, alignment, rows } = accuracy;
  const overall = rows.filter(({ what, cadenceMs }) => what === "phase" && cadenceMs === null);
  const byCadence = rows.filter((row) =>
    row.cadenceMs !== null && row.case.endsWith("latch calibrated")
  );
  const tokens = rows.filter(({ what, cadenceMs }) => what === "token" && cadenceMs === null);
  const tokensByCadence = rows.filter(({ what, cadenceMs, method }) =>
    what === "token" && cadenceMs !== null && method === "repeated"
  );
  const parts = rows.filter(({ what, cadenceMs }) =>
    (what === "layer" || what === "component") && cadenceMs === null
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
(\`deno task calibrate\`), else it is only known to be −5 to +40 ms. The other ways are those of other
tools. Coverage says how often the truth lies in the stated interval, the top decile being the
phases whose power is furthest from the mean.

${table(ROW_TITLES, overall.map(rowCells))}
By cadence, latch calibrated:

${table(ROW_TITLES, byCadence.map(rowCells))}
## What did each token cost?

One answer of 40 tokens behind a prefill of 50–300 ms, generated 30 times; the truth is what a token
cost in the mean of these 30, and all ways have the same records of them. Powers of tokens are
_equal_, _flat_ (even over ± 20 %) or _spiky_ (15 % of them draw nearly three times what the others
do); the latch is known to −5 to +40 ms only, and readings are off by up to 5 ms more. _Repeated_
has in addition what it is: each step many times in a row, there and back (\`--resolve tokens\`), on
the same machine behind the 30. _Deconvolved_ tells from the 30 alone (\`--resolve repetitions\`); its
rows hold only answers for which it says that it can, and the goal above compares it with time share
in just these. _Shared_ is time share, whose limits are hard.

${table(ROW_TITLES, tokens.map(rowCells))}
By cadence, step repetition, all powers:

${table(ROW_TITLES, tokensByCadence.map(rowCells))}
## What did layers and components cost?

_Shared_: by their share of time in a decode phase of 2.4 s, the times taken as exact. That is no
measurement, and the limits are as wide as that is. _Amplified_: six components, each in a loop of
its own with and without its work, four sweeps, beside a whole that draws up to 10 % more or less
than they say. A rig can test the arithmetic of that only: whether a component in a loop draws what
it draws in the model is for the capture ratio of each run to say (\`docs/energy.md\`).

${table(ROW_TITLES, parts.map(rowCells))}`;
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
- **Short tokens.** What forty tokens of 1 ms or 5 ms cost together is told from records that hold
  the prefill as well, and the delay of the counters moves energy between the two: that error is the
  same for all tokens, and calibration makes it smaller.
- **Intervals of single tokens.** The rig's power wavers in waves of 20 ms to a minute, by up to 6 %
  each. What a wave of the length of the sweeps does to a step is the same in both sweeps and cannot
  be told from its power, so that step repetition errs by 1 to 3 % there, where power that only
  flickers gives 0.3 % (\`tests/energy/repeat/powers_test.ts\`). What the intervals take for granted
  of that is in [decisions/interval-constants.md](decisions/interval-constants.md), on other seeds.
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
  "what",
  "method",
  "token",
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
    row.what === "token" || row.what === "phase" ? row.case : `${row.what}s: ${row.case}`,
    row.method,
    row.tokenMs === null ? "–" : `${row.tokenMs} ms`,
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
    Math.max(2, title.length, ...rows.map((row) => row[i]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |\n`;
  return line(titles) + line(widths.map((width) => "-".repeat(width))) + rows.map(line).join("");
}
