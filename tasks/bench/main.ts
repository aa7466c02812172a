/**
 * `deno task bench`: the project's own benchmarks, each a ratio of two things that took turns in
 * one run. Exits with 0 whether or not a goal is reached: the table says it.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { InputError } from "@tokenwatt/tokenwatt";
import { command, integer, number, ProgressBar, runCommand } from "../frame/mod.ts";
import { type BenchCase, type BenchModel, CASES, openBenchModel } from "./bench_models.ts";
import { contest, DifferentAnswers } from "./contest.ts";
import { writeDocs } from "./docs_page.ts";
import { watchForeignLoad } from "./foreign_load.ts";
import { describeCommit, describeMachine } from "./machine.ts";
import type { Measure } from "./measure.ts";
import { MEASURES } from "./measures.ts";
import {
  compared,
  comparedWork,
  type Comparison,
  markdown,
  type Report,
  type WorkComparison,
} from "./report.ts";
import { TimeBudget } from "./time_budget.ts";
import { tokenwatt } from "./tokenwatt.ts";
import { workContest, type WorkMeasure } from "./work.ts";
import { WORK_MEASURES } from "./work_measures.ts";

const QUICK_ROUNDS = 8;
const MINUTES = 14;
const QUICK_MINUTES = 4.5;
// Rounds that others disturb are measured again, up to as many times as rounds are wanted.
const MOST_TRIES = 3;

export const task = command(
  "bench",
  "Measure what Tokenwatt itself costs, against goals and peers.",
)
  .addOption(
    new Option("--only <measure>", "only this measure")
      .choices([...MEASURES, ...WORK_MEASURES].map(({ name }) => name)),
  )
  .addOption(
    new Option(
      "--quick",
      `${QUICK_ROUNDS} rounds of each instead of 24 or 60, and no long contexts`,
    ),
  )
  .addOption(
    new Option("--minutes <m>", `time for all; default: ${MINUTES}, with --quick ${QUICK_MINUTES}`)
      .argParser(number(0.01)),
  )
  .addOption(
    new Option("--threads <count>", "threads of ONNX Runtime, on all sides")
      .argParser(integer(1, 1024)).default(1),
  )
  .addOption(new Option("--write", "put the table into docs/benchmarks.md").conflicts("only"))
  .addOption(new Option("--json", "print all blocks as JSON and nothing else on stdout"))
  .addHelpText(
    "after",
    `
Examples:
  deno task bench
  deno task bench --quick --only bare-loop
  deno task bench --minutes 60 --write
  deno task bench --threads 2 --json > bench.json

Exit codes: 0 done, whether or not the goals are reached, 1 failed, 2 bad input.`,
  )
  .action(async ({ only, quick = false, minutes, threads, write = false, json = false }) => {
    if (write && quick) {
      throw new InputError("Cannot write the table of a quick run into docs/benchmarks.md", {
        remedy: "leave --quick or --write out",
      });
    }
    const loadBefore = Deno.loadavg()[0]!;
    const chosen = ({ name }: { name: string }) => only === undefined || name === only;
    const works = WORK_MEASURES.filter(chosen);
    const pairs = pairsOf(MEASURES.filter(chosen), quick);
    const budget = new TimeBudget(
      (minutes ?? (quick ? QUICK_MINUTES : MINUTES)) * 60_000,
      works.length +
        pairs.reduce((sum, { one, measures }) => sum + one.weight * measures.length, 0),
    );
    const report: Report = {
      date: new Date().toISOString().slice(0, 10),
      commit: await describeCommit(),
      machine: await describeMachine(),
      threads,
      loadBefore,
      comparisons: await compareAll(pairs, budget, threads, quick),
      works: await compareWorks(works, budget, quick),
      loadAfter: Deno.loadavg()[0]!,
    };
    console.log(json ? JSON.stringify(report, null, 2) : markdown(report));
    if (write) writeDocs(markdown(report));
  });

/** A model at a context, and what is measured on it. */
interface Pair {
  one: BenchCase;
  measures: readonly Measure[];
}

/** A quick run has no time for long contexts, each round of which begins with long prefills. */
function pairsOf(measures: readonly Measure[], quick: boolean): Pair[] {
  const shortest = CASES[0]!.context;
  return CASES.filter(({ context }) => !quick || context === shortest).map((one) => ({
    one,
    measures: measures.filter(({ onAllContexts }) => onAllContexts || one.context === shortest)
      .filter(({ onlyModel = one.name }) => onlyModel === one.name),
  })).filter(({ measures }) => measures.length > 0);
}

async function compareAll(
  pairs: readonly Pair[],
  budget: TimeBudget,
  threads: number,
  quick: boolean,
): Promise<Comparison[]> {
  const bar = new ProgressBar(false);
  const comparisons: Comparison[] = [];
  const total = pairs.reduce((sum, { measures }) => sum + measures.length, 0);
  for (const { one, measures } of pairs) {
    const label = `${one.name} at ${one.context}`;
    bar.draw(comparisons.length / total, `${label}: opening`);
    const model = await openBenchModel(one);
    const ids = await answerOf(model, threads);
    for (const measure of measures) {
      const untilMs = budget.next(one.weight);
      const reason = await measure.whyNot?.() ?? null;
      if (reason !== null) {
        console.error(`SKIPPED ${measure.name}: ${reason}`);
        continue;
      }
      await using sides = await measure.open(model, ids, threads);
      const rounds = Math.min(quick ? QUICK_ROUNDS : measure.rounds, one.mostRounds);
      const contested = contest(sides.base, sides.subject, {
        rounds,
        mostRounds: MOST_TRIES * rounds,
        untilMs,
        blockMs: measure.blockMs,
        settleMs: measure.settleMs,
        expectedIds: ids,
        watchForeignLoad: measure.watchesLoad === false ? () => () => 0 : watchForeignLoad,
        onRound: (round) =>
          bar.draw(
            (comparisons.length + round / (MOST_TRIES * rounds)) / total,
            `${label}: ${measure.name}, round ${round + 1}`,
          ),
      });
      const measured = await contested.catch((error) => {
        if (!(error instanceof DifferentAnswers)) throw error;
        console.error(`LEFT OUT ${measure.name} on ${label}: ${error.message}`);
        return null;
      });
      if (measured !== null) comparisons.push(compared(measure, one, measured, rounds));
    }
  }
  bar.clear();
  return comparisons;
}

async function compareWorks(
  measures: readonly WorkMeasure[],
  budget: TimeBudget,
  quick: boolean,
): Promise<WorkComparison[]> {
  const bar = new ProgressBar(false);
  const works: WorkComparison[] = [];
  for (const measure of measures) {
    const untilMs = budget.next(1);
    const reason = await measure.whyNot?.() ?? null;
    if (reason !== null) {
      console.error(`SKIPPED ${measure.name}: ${reason}`);
      continue;
    }
    await using sides = await measure.open();
    const rounds = quick ? Math.min(QUICK_ROUNDS, measure.rounds) : measure.rounds;
    const measured = await workContest(
      sides,
      { ...measure, rounds, untilMs },
      (round) =>
        bar.draw(
          (works.length + round / rounds) / measures.length,
          `${measure.name}, round ${round + 1}`,
        ),
    );
    works.push(comparedWork(measure, measured));
  }
  bar.clear();
  return works;
}

async function answerOf(model: BenchModel, threads: number): Promise<number[]> {
  await using own = await tokenwatt(model, threads);
  return (await own.answer()).ids;
}

if (import.meta.main) await runCommand(task);
