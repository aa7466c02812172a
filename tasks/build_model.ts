/**
 * `deno task build-model CONFIG`: writes an ONNX model of an architecture.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { InputError } from "../lib/errors.ts";
import { freeBytes } from "../lib/model/build/mod.ts";
import {
  buildModel,
  type DecoderConfig,
  findPreset,
  forecastBuild,
  presetConfig,
  PRESETS,
  readDecoderConfig,
} from "../lib/model/mod.ts";
import { forecastLines, listed, listLines, type Part, resultLines } from "./build_model/lines.ts";
import {
  command,
  EXIT,
  ExitWith,
  integer,
  interruptible,
  printJson,
  ProgressBar,
  runCommand,
  userPath,
} from "./frame/mod.ts";
import { formatBytes } from "./runs/bytes.ts";

export const task = command("build-model", "Write an ONNX model of an architecture.")
  .argument("[config]", "config.json as Hugging Face writes it, or the folder that holds it")
  .addOption(new Option("--like <name>", "a published architecture instead of a config"))
  .addOption(
    new Option("--layers <count>", "of --like: so many of its layers, to fit this machine")
      .argParser(integer(1)),
  )
  .addOption(new Option("--list", "list published architectures, and their size at each precision"))
  .addOption(new Option("-o, --out <folder>", "model folder to write"))
  .addOption(
    new Option("--weights <path>", "safetensors file, index or folder; default: random weights")
      .conflicts(["like", "layers"]),
  )
  .addOption(
    new Option("--precision <name>", "what matrices are kept in").choices(
      ["fp32", "fp16", "int8", "int4"] as const,
    ).default("fp32" as const),
  )
  .addOption(
    new Option("--activations <name>", "of int4: all other numbers; default: fp32").choices(
      ["fp32", "fp16"] as const,
    ),
  )
  .addOption(
    new Option("--block-size <count>", "of int4: numbers that share a scale; default: 32")
      .argParser(integer(16, 128)),
  )
  .addOption(new Option("--asymmetric", "of int4: a zero point for each block, too"))
  .addOption(
    new Option("--accuracy-level <number>", "of int4: 1 to compute in fp32, 4 in int8; default: 0")
      .argParser(integer(0, 4)),
  )
  .addOption(new Option("--seed <number>", "of random weights").argParser(integer(0)).default(0))
  .addOption(new Option("--json", "print the result as JSON and nothing else on stdout"))
  .addOption(new Option("-q, --quiet", "no bar, only the result"))
  .addHelpText(
    "after",
    `
Families: llama, mistral, qwen2, qwen3, phi, phi3, gemma, gemma2, gpt2, mixtral (model_type).
Time per token depends on the shape, so an architecture can be profiled before it is trained;
energy depends on the values, too (docs/building.md). With random weights the model takes any
text, a token for each byte; the rest of its vocabulary are words without meaning.

Examples:
  deno task build-model --list
  deno task build-model --like llama-3.2-1b --precision int4 --out models/llama
  deno task build-model --like llama-3.1-8b --layers 4 --precision int4 --out models/part
  deno task build-model config.json --out models/tried --seed 7 --json
  deno task build-model models/tinytales --weights models/tinytales --precision int8 --out small

Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C (nothing is left behind).`,
  )
  .action(async (path, { json = false, quiet = false, ...options }) => {
    if (options.list) {
      const presets = listed(PRESETS);
      if (json) printJson(presets);
      else for (const line of listLines(presets)) console.log(line);
      return;
    }
    const { name, config, part } = chosen(path, options);
    const { out, weights, precision, seed, activations, blockSize, accuracyLevel } = options;
    if (out === undefined) {
      throw new InputError("Cannot build a model without a folder to write", {
        remedy: "add --out FOLDER",
      });
    }
    const outDir = userPath(out);
    const symmetric = options.asymmetric ? false : undefined;
    const numerics = { precision, activations, blockSize, symmetric, accuracyLevel };
    using signal = interruptible("Stopping; nothing is left behind");
    const sayWhatComes = () => {
      if (json || quiet) return;
      const isRandom = weights === undefined;
      const forecast = forecastBuild(config, numerics);
      for (const line of forecastLines(forecast, freeBytes(outDir), { part, isRandom })) {
        console.log(line);
      }
    };
    const bar = new ProgressBar(quiet);
    try {
      const built = await buildModel(config, {
        ...numerics,
        outDir,
        seed,
        signal,
        weights: weights === undefined ? null : userPath(weights),
        onStart: sayWhatComes,
        onProgress: (done, total) =>
          bar.draw(done / total, `writing weights, ${formatBytes(done)} of ${formatBytes(total)}`),
      });
      bar.clear();
      const family = config.model_type ?? "llama";
      const like = part === null ? {} : { like: name, layers: part.layers, ofLayers: part.of };
      if (json) printJson({ family, precision, ...like, ...built });
      else for (const line of resultLines(built, name, precision)) console.log(line);
    } catch (error) {
      bar.clear();
      if (signal.aborted) throw new ExitWith(EXIT.interrupted);
      throw error;
    }
  });

interface Chosen {
  name: string;
  config: DecoderConfig;
  /** `null` where it is not a preset. */
  part: Part | null;
}

function chosen(
  path: string | undefined,
  { like, layers }: { like?: string; layers?: number },
): Chosen {
  if ((path === undefined) === (like === undefined)) {
    const what = path === undefined ? "without an architecture" : "of two architectures at once";
    throw new InputError(`Cannot build a model ${what}`, {
      remedy: "pass either a config.json or --like NAME (--list shows the names)",
    });
  }
  if (like !== undefined) {
    const preset = findPreset(like);
    const config = presetConfig(preset, layers);
    return {
      name: preset.name,
      config,
      part: { layers: layersOf(config), of: layersOf(preset.config) },
    };
  }
  if (layers !== undefined) {
    throw new InputError("Cannot leave layers of a config.json out", {
      remedy: "use --layers with --like, or change num_hidden_layers in the file",
    });
  }
  const config = readDecoderConfig(userPath(path!));
  return { name: config.model_type ?? "llama", config, part: null };
}

function layersOf(config: DecoderConfig): number {
  return Number(config.num_hidden_layers ?? config.n_layer);
}

if (import.meta.main) await runCommand(task);
