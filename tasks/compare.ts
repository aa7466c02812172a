/**
 * `deno task compare A B…`: what differs between runs, and whether that can be seen.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import {
  compareRuns,
  type ComparisonMetric,
  holmCorrected,
  type RunRecord,
} from "../lib/analysis/mod.ts";
import { InputError } from "../lib/errors.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { type Arm, armOf, armsBy } from "./answers/arms.ts";
import { withDraws } from "./answers/draws.ts";
import { type FilterFlags, withFilters } from "./answers/filters.ts";
import { printResult } from "./answers/lines.ts";
import { metricOption } from "./answers/metric.ts";
import { comparisonLines, type ManyCompared } from "./compare/lines.ts";
import { command, runCommand, userPath } from "./frame/mod.ts";

export const task = withFilters(
  command(
    "compare",
    "Compare runs, or all runs with a label: the first is what others are held to.",
  ),
)
  .argument("[arms...]", 'runs (id, "last", "last~1") or arms such as precision:int8,tag:warm')
  .addOption(new Option("--by <label>", "an arm for each model, precision, engine, ep, tag, …"))
  .addOption(new Option("--null <arm>", "the first arm run once more: it tells the floor"))
  .addOption(metricOption())
  .addOption(
    new Option("--test <kind>", "whose p-value is given, for up to 20 pairs")
      .choices(["student", "permutation", "rank"] as const).default("student" as const),
  )
  .addHelpText(
    "after",
    `
Examples:
  deno task compare last~1 last
  deno task compare precision:fp32 precision:int8 --experiment quantization
  deno task compare --by engine --model tinytales --metric tokensPerSecond
  deno task compare tag:before tag:after --metric component:q_proj --json`,
  )
  .action(async (texts, { by, null: again, metric, test, ...flags }) => {
    using database = ProfileDatabase.open(userPath(flags.db), { readOnly: true, upgrade: true });
    const arms = chosenArms(texts, by, database, flags);
    checkDisjoint(arms);
    const [base, ...others] = await Promise.all(arms.map(async ({ runs, ...arm }) => {
      const read = records(runs, metric, database);
      const isPair = arms[0]!.runs.length === 1 && runs.length === 1;
      return { ...arm, runs: isPair ? [await withDraws(read[0]!, database)] : read };
    }));
    const nulls = again === undefined
      ? null
      : records(armOf(again, database, flags).runs, metric, database);
    const comparisons = others.map((other) =>
      compareRuns(base!.runs, other.runs, {
        metric,
        test,
        labels: [base!.label, other.label],
        accept: flags.accept,
        ...(nulls ? { nullArms: [base!.runs, nulls] as const } : {}),
      })
    );
    const corrected = holmCorrected(comparisons.map((comparison) => comparison.test.p));
    const result: ManyCompared = {
      metric,
      comparisons: comparisons.map((comparison, at) => ({
        ...comparison,
        pCorrected: corrected[at]!,
      })),
    };
    printResult(result, flags.json, () => comparisonLines(result));
  });

function chosenArms(
  texts: readonly string[],
  by: string | undefined,
  database: ProfileDatabase,
  flags: FilterFlags,
): Arm[] {
  if (by !== undefined && texts.length > 0) {
    throw new InputError("Cannot compare both named arms and --by", { remedy: "pass one of them" });
  }
  if (by !== undefined) return armsBy(by, database, flags);
  if (texts.length < 2) {
    throw new InputError(`Cannot compare ${texts.length === 0 ? "nothing" : "one arm"}`, {
      remedy: "name two arms or more, such as last~1 last, or pass --by",
    });
  }
  return texts.map((text) => armOf(text, database, flags));
}

/** A run on both sides would hide the difference. */
function checkDisjoint(arms: readonly Arm[]): void {
  const armOfRun = new Map<string, string>();
  for (const { label, runs } of arms) {
    for (const { runId } of runs) {
      const other = armOfRun.get(runId);
      if (other !== undefined) {
        throw new InputError(`Cannot compare "${other}" with "${label}": both hold run ${runId}`, {
          remedy: "choose arms that share none, such as --by tag:PREFIX",
        });
      }
      armOfRun.set(runId, label);
    }
  }
}

/** Lists lack phases, tokens and components: where these are needed, runs are read whole. */
function records(
  runs: readonly RunRecord[],
  metric: ComparisonMetric,
  database: ProfileDatabase,
): RunRecord[] {
  const isNeeded = runs.length === 1 || metric.startsWith("component:");
  return isNeeded ? runs.map((run) => database.getRun(run.runId) ?? run) : [...runs];
}

if (import.meta.main) await runCommand(task);
