/**
 * `deno task experiment FILE`: arms in processes of their own, interleaved, and how they differ.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import {
  experiment,
  type ExperimentDefinition,
  type ExperimentFile,
  type ExperimentProgress,
} from "../lib/experiment/mod.ts";
import { formatMs } from "../lib/quantities.ts";
import { visibleText } from "../lib/safe_text.ts";
import { printResult } from "./answers/lines.ts";
import { readExperiment, SHIPPED } from "./experiment/file.ts";
import { experimentLines } from "./experiment/lines.ts";
import {
  command,
  databaseOption,
  EXIT,
  ExitWith,
  integer,
  interruptible,
  modelPath,
  number,
  ProgressBar,
  runCommand,
  userPath,
} from "./frame/mod.ts";
import { powerSource } from "./profile/power_source.ts";

export const task = command("experiment", "Run an experiment: arms against each other, repeatably.")
  .argument("<file>", `a .ts or .json file, or one that ships: ${SHIPPED.join(", ")}`)
  .addOption(
    new Option("--quick", "at most three short processes an arm, to see that it works"),
  )
  .addOption(
    new Option("--processes <count>", "processes of each arm; default: as the file says")
      .argParser(integer(1, 1000)),
  )
  .addOption(
    new Option("--power <source>", "where power comes from, as of deno task profile")
      .argParser(powerSource).env("TOKENWATT_POWER"),
  )
  .addOption(
    new Option("--wait-seconds <s>", "how long a round waits for an idle machine; default: 60")
      .argParser(number(0, 86_400)),
  )
  .addOption(
    new Option("--seed <number>", "of order, sampling and simulated meters; default: the file's")
      .argParser(integer(0, 2 ** 31 - 1)),
  )
  .addOption(
    new Option("--simulate <costs>", "play it on a virtual machine: int8=0.9,int4=0.7, or none")
      .argParser(costsOf),
  )
  .addOption(databaseOption())
  .addOption(new Option("--json", "print the result as JSON and nothing else on stdout"))
  .addOption(new Option("-q, --quiet", "no progress bar, only the result"))
  .addHelpText(
    "after",
    `
Examples:
  deno task experiment quantization --quick
  deno task experiment my_experiment.ts --processes 10 --power powermetrics
  deno task experiment quantization --simulate int8=0.97,int4=0.9

Run it again after Ctrl-C: what is complete in the database is not run again.
Exit codes: 0 done, 1 failed or an expectation contradicted, 2 bad input, 130 stopped by Ctrl-C.`,
  )
  .action(async (typed, options) => {
    const { json, quiet = false, quick = false, waitSeconds, simulate, power: source } = options;
    const { name, ...definition } = placed(await readExperiment(typed));
    using signal = interruptible(
      "Stopping, and keeping what was measured; run it again to go on from there",
    );
    const bar = new ProgressBar(quiet);
    if (!json && !quiet && definition.question) {
      console.log(`${visibleText(definition.question)}\n`);
    }
    const result = await experiment(name, withFlags(definition, options), {
      database: userPath(options.db),
      quick,
      signal,
      live: (progress) => bar.draw(progress.fraction, labelOf(progress)),
      ...(source === undefined ? {} : { source }),
      ...(waitSeconds === undefined ? {} : { admission: { waitSeconds } }),
      ...(simulate === undefined ? {} : { simulate: { costs: simulate } }),
    }).finally(() => bar.clear());
    printResult(result, json, () => experimentLines(result));
    if (!json && !quiet && simulate === undefined) {
      console.log(`\nIts runs:  deno task runs --experiment "${name}" --db ${options.db}`);
    }
    if (result.status === "interrupted") throw new ExitWith(EXIT.interrupted);
    if (result.outcome === "fail") throw new ExitWith(EXIT.failed);
  });

function labelOf({ doing, secondsLeft }: ExperimentProgress): string {
  const left = secondsLeft === null ? "" : `, ${formatMs(secondsLeft * 1000)} left`;
  return `${visibleText(doing)}${left}`;
}

/** Models are named as they are for `deno task profile`. */
function placed(file: ExperimentFile): ExperimentFile {
  const arms = Object.entries(file.arms ?? {}).map(([name, arm]) =>
    [name, typeof arm?.model === "string" ? { ...arm, model: modelPath(arm.model) } : arm] as const
  );
  return { ...file, arms: Object.fromEntries(arms) };
}

function withFlags(
  definition: ExperimentDefinition,
  { processes, seed }: { processes?: number | undefined; seed?: number | undefined },
): ExperimentDefinition {
  return {
    ...definition,
    ...(processes === undefined ? {} : { processes }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function costsOf(text: string): Record<string, number> {
  if (text === "none") return {};
  return Object.fromEntries(
    text.split(",").map((part) => {
      const at = part.lastIndexOf("=");
      const [arm, cost] = [part.slice(0, at), Number(part.slice(at + 1))];
      if (at > 0 && cost > 0 && Number.isFinite(cost)) return [arm, cost];
      throw new InvalidArgumentError("It must be ARM=COST,…, such as int8=0.9, or none.");
    }),
  );
}

if (import.meta.main) await runCommand(task);
