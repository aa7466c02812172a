/**
 * `deno task build-model CONFIG`: writes an ONNX model of an architecture.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { buildModel, type BuiltModel, readDecoderConfig } from "../lib/model/mod.ts";
import { threeDigits } from "../lib/quantities.ts";
import {
  command,
  EXIT,
  ExitWith,
  integer,
  interruptible,
  ProgressBar,
  runCommand,
  userPath,
} from "./frame/mod.ts";

const task = command("build-model", "Write an ONNX model of the architecture in a config.json.")
  .argument("<config>", "config.json as Hugging Face writes it, or the folder that holds it")
  .addOption(
    new Option("-o, --out <folder>", "model folder to write").makeOptionMandatory(),
  )
  .addOption(
    new Option("--weights <path>", "safetensors file, index or folder; default: random weights"),
  )
  .addOption(
    new Option("--precision <name>", "type of weights and cache").choices(
      ["fp32", "fp16"] as const,
    ).default("fp32" as const),
  )
  .addOption(new Option("--seed <number>", "of random weights").argParser(integer(0)).default(0))
  .addOption(new Option("--json", "print the result as JSON and nothing else on stdout"))
  .addOption(new Option("-q, --quiet", "no bar, only the result"))
  .addHelpText(
    "after",
    `
Families: llama, mistral, qwen2, qwen3, phi, phi3, gemma, gemma2, gpt2, mixtral (model_type).
Time per token depends on the shape, so an architecture can be profiled before it is trained.
With random weights the model takes any text, a token for each byte.

Examples:
  deno task build-model config.json --out models/tried
  deno task build-model models/tinytales --weights models/tinytales --precision fp16 --out half
  deno task build-model config.json --out tried --seed 7 --json

Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C (nothing is left behind).`,
  )
  .action(async (path, { out, weights, precision, seed, json = false, quiet = false }) => {
    using signal = interruptible();
    const bar = new ProgressBar(quiet);
    try {
      const config = readDecoderConfig(userPath(path));
      const built = await buildModel(config, {
        outDir: userPath(out),
        precision,
        seed,
        signal,
        ...(weights === undefined ? {} : { weights: userPath(weights) }),
        onProgress: (done, total) =>
          bar.draw(done / total, `writing weights, ${gigabytes(done)} of ${gigabytes(total)}`),
      });
      bar.clear();
      const family = config.model_type ?? "llama";
      if (json) console.log(JSON.stringify({ family, precision, ...built }, null, 2));
      else for (const line of resultLines(built, family, precision)) console.log(line);
    } catch (error) {
      bar.clear();
      if (signal.aborted) throw new ExitWith(EXIT.interrupted);
      throw error;
    }
  });

function resultLines(built: BuiltModel, family: string, precision: string): string[] {
  const { path, parameters, weightBytes, externalData } = built;
  const place = externalData ? "model.onnx and model.onnx.data" : "model.onnx";
  return [
    `${family} with ${parameters.toLocaleString("en")} parameters at ${precision}: ${
      gigabytes(weightBytes)
    } in ${place}`,
    `next: deno task profile --model ${path}`,
  ];
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${threeDigits(bytes / 1e6)} MB` : `${threeDigits(bytes / 1e9)} GB`;
}

if (import.meta.main) await runCommand(task);
