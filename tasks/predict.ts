/**
 * `deno task predict MODEL`: what a model would cost that was never run here, or never built.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { predictEnergy } from "../lib/analysis/mod.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { chosenRuns, refuseNone, withFilters } from "./answers/filters.ts";
import { printResult } from "./answers/lines.ts";
import { command, integer, number, runCommand, userPath } from "./frame/mod.ts";
import { askedWork } from "./predict/asked_work.ts";
import { predictionLines } from "./predict/lines.ts";

export const task = withFilters(
  command("predict", "Predict the energy of a model that was not run, from those that were."),
)
  .argument(
    "[target]",
    "model folder, .onnx file or id in the cache; or pass --like, or its figures",
  )
  .addOption(
    new Option("--variant <name>", "which variant: a precision, or of a folder a file's name"),
  )
  .addOption(
    new Option(
      "--like <name>",
      "a published architecture, which need not be built; as build-model",
    ),
  )
  .addOption(
    new Option("--layers <count>", "of --like: so many of its layers").argParser(integer(1)),
  )
  .addOption(
    new Option("--flops <count>", "of a decode step, instead of a model").argParser(number(0)),
  )
  .addOption(
    new Option("--bytes <count>", "of weights that a decode step reads").argParser(number(0)),
  )
  .addOption(
    new Option("--kv-bytes <count>", "that a token adds to the cache").argParser(number(0)),
  )
  .addOption(
    new Option("--prompt-tokens <count>", "of the prompt").argParser(integer(1)).default(128),
  )
  .addOption(new Option("--new-tokens <count>", "of the answer").argParser(integer(1)).default(64))
  .addHelpText(
    "after",
    `
The other flags choose the runs that it learns from: of four models at least, on one machine. What
lies outside of what they cover is refused. deno task build-model --list names architectures.

Examples:
  deno task predict models/llama --prompt-tokens 512 --new-tokens 128
  deno task predict --like llama-3.2-1b --variant int4
  deno task predict --flops 2.5e9 --bytes 1.2e9 --kv-bytes 32768 --json`,
  )
  .action(async (target, options) => {
    const { variant, like, layers, flops, bytes, kvBytes, promptTokens, newTokens, ...flags } =
      options;
    using database = ProfileDatabase.open(userPath(flags.db), { readOnly: true, upgrade: true });
    const runs = chosenRuns(database, flags);
    if (runs.length === 0) refuseNone("predict", flags.db);
    const work = await askedWork({ target, variant, like, layers, flops, bytes, kvBytes });
    const asked = { work, promptTokens, newTokens };
    const result = predictEnergy(runs, asked, { accept: flags.accept });
    printResult({ ...asked, ...result }, flags.json, () => predictionLines(result, asked));
  });

if (import.meta.main) await runCommand(task);
