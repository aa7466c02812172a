/**
 * `deno task predict MODEL`: what a model would cost that was never run here.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { type ModelWork, predictEnergy } from "../lib/analysis/mod.ts";
import { InputError } from "../lib/errors.ts";
import { loadModel } from "../lib/model/mod.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import { chosenRuns, refuseNone, withFilters } from "./answers/filters.ts";
import { printResult } from "./answers/lines.ts";
import { command, integer, number, runCommand, userPath } from "./frame/mod.ts";
import { predictionLines } from "./predict/lines.ts";

export const task = withFilters(
  command("predict", "Predict the energy of a model that was not run, from those that were."),
)
  .argument("[target]", "model folder, .onnx file or id in the cache; or pass its figures")
  .addOption(
    new Option("--variant <name>", "which variant of the folder: a precision, or a file's name"),
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
lies outside of what they cover is refused.

Examples:
  deno task predict models/llama --prompt-tokens 512 --new-tokens 128
  deno task predict --flops 2.5e9 --bytes 1.2e9 --kv-bytes 32768 --json`,
  )
  .action(async (target, options) => {
    const { variant, flops, bytes, kvBytes, promptTokens, newTokens, ...flags } = options;
    using database = ProfileDatabase.open(userPath(flags.db), { readOnly: true, upgrade: true });
    const runs = chosenRuns(database, flags);
    if (runs.length === 0) refuseNone("predict", flags.db);
    const work = target === undefined
      ? statedWork({ flops, bytes, kvBytes })
      : await workOfModel(target, variant);
    const asked = { work, promptTokens, newTokens };
    const result = predictEnergy(runs, asked, { accept: flags.accept });
    printResult({ ...asked, ...result }, flags.json, () => predictionLines(result, asked));
  });

function statedWork(
  { flops, bytes, kvBytes }: Record<"flops" | "bytes" | "kvBytes", number | undefined>,
): ModelWork {
  if (flops === undefined || bytes === undefined) {
    throw new InputError("Cannot predict: no model was named", {
      remedy: "name one, or pass --flops and --bytes of a decode step",
    });
  }
  return { flops, flopsPerContextToken: 0, bytes, bytesPerContextToken: kvBytes ?? 0 };
}

async function workOfModel(target: string, variant: string | undefined): Promise<ModelWork> {
  const { name, features } = await loadModel(target, { precision: variant });
  const { flopsPerToken, bytesPerToken } = features;
  if (flopsPerToken === null || bytesPerToken === null) {
    throw new InputError(`Cannot predict "${name}": its graph does not tell its operations`, {
      remedy: "pass --flops and --bytes of a decode step",
    });
  }
  return {
    flops: flopsPerToken.base,
    flopsPerContextToken: flopsPerToken.perContextToken + flopsPerToken.perWindowToken,
    bytes: bytesPerToken.base,
    bytesPerContextToken: bytesPerToken.perContextToken + bytesPerToken.perWindowToken,
  };
}

if (import.meta.main) await runCommand(task);
