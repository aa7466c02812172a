/**
 * `deno task accuracy`: truth against estimate on the virtual rig, and whether the goals are reached.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { experiment } from "./accuracy/experiment.ts";
import { accuracyPage } from "./accuracy/page.ts";
import { accuracyLines } from "./accuracy/lines.ts";
import { accuracyOf } from "./accuracy/result.ts";
import { command, integer, ProgressBar, runCommand } from "./frame/mod.ts";

const PAGE = new URL("../docs/accuracy.md", import.meta.url);
const RUNS = 1000;
const QUICK_RUNS = 100;

export const task = command("accuracy", "Compare estimates with the truth, on a rig that knows it.")
  .addOption(
    new Option("--runs <count>", `how many virtual runs; default: ${RUNS}`).argParser(integer(10)),
  )
  .addOption(new Option("--quick", `${QUICK_RUNS} runs, in seconds`))
  .addOption(new Option("--seed <number>", "of all that is drawn").argParser(integer(0)).default(1))
  .addOption(new Option("--json", "print the result as JSON and nothing else on stdout"))
  .addOption(new Option("--write", "write docs/accuracy.md as well"))
  .addOption(new Option("-q, --quiet", "no progress bar"))
  .addHelpText(
    "after",
    `
Examples:
  deno task accuracy --quick
  deno task accuracy --runs 5000 --seed 7
  deno task accuracy --json > accuracy.json

A goal that is missed is printed as missed; the exit code is 0 all the same.`,
  )
  .action(async ({ runs, quick, seed, json, write, quiet }) => {
    const bar = new ProgressBar(quiet ?? false);
    const trials = experiment(runs ?? (quick ? QUICK_RUNS : RUNS), seed, (fraction) => {
      bar.draw(fraction, `${Math.round(100 * fraction)} % of the virtual runs`);
    });
    bar.clear();
    const accuracy = accuracyOf(trials);
    if (write) await Deno.writeTextFile(PAGE, accuracyPage(accuracy));
    if (json) console.log(JSON.stringify(accuracy, null, 2));
    else for (const line of accuracyLines(accuracy)) console.log(line);
  });

if (import.meta.main) await runCommand(task);
