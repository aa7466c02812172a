import { Option } from "@commander-js/extra-typings";
import { ENGINES, PROVIDERS } from "../../lib/inference/mod.ts";
import { SOURCE_NAMES } from "../../lib/power/mod.ts";
import type { ProfileOptions } from "../../lib/profile/mod.ts";
import { command, databaseOption, integer, number } from "../frame/mod.ts";
import { componentNames } from "./component_names.ts";
import { powerLimitOption, priceOption, regionOption } from "./efficiency_lines.ts";
import { powerSource } from "./power_source.ts";

const DEFAULT_PROMPT = "Once upon a time";
const POWER_HELP =
  `where power comes from: ${SOURCE_NAMES.join(", ")}, two of them (rapl+nvidia), replay:FILE, ` +
  "rig:CHIP (simulated); default: the best that works here";

/** What `deno task profile` is asked with. */
export const flags = command(
  "profile",
  "Generate an answer and say what each phase and token of it cost.",
)
  .argument("[prompt]", "the text to continue", DEFAULT_PROMPT)
  .addOption(
    new Option("-m, --model <path>", "model folder, .onnx file, or id in the hub's cache")
      .default("models/tinytales").env("TOKENWATT_MODEL"),
  )
  .addOption(
    new Option("-n, --max-new-tokens <count>", "most tokens to generate")
      .argParser(integer(1)).default(64).env("TOKENWATT_MAX_NEW_TOKENS"),
  )
  .addOption(
    new Option("--precision <name>", "variant of the model: fp32, fp16, int8, int4, q4f16, …")
      .env("TOKENWATT_PRECISION"),
  )
  .addOption(new Option("--chat", "write PROMPT as the model's chat template does"))
  .addOption(new Option("--system <text>", "system message before PROMPT; implies --chat"))
  .addOption(
    new Option("--depth <depth>", "how far to look inside a token; default: token")
      .choices(["token", "component", "operation"] as const),
  )
  .addOption(
    new Option(
      "--resolve <what>",
      "tell single tokens apart. tokens: run each step many times; repetitions: from those of the " +
        "whole answer (say --min-seconds 30), which tells less",
    )
      .choices(["phases", "repetitions", "tokens"] as const).default("phases" as const),
  )
  .addOption(
    new Option("--resolve-seconds <s>", "time for that; neighbours are grouped to keep to it")
      .argParser(number(0.001)).default(120),
  )
  .addOption(
    new Option("--activations <kind>", "statistics of what components put out")
      .choices(["off", "on", "deep"] as const).default("off" as const),
  )
  .addOption(
    new Option(
      "--amplify <components>",
      "repeat these components (q_proj,down_proj, or all) until power records see them",
    ).argParser(componentNames),
  )
  .addOption(
    new Option("--power <source>", POWER_HELP).argParser(powerSource).env("TOKENWATT_POWER"),
  )
  .addOption(
    new Option("--interval-ms <ms>", "asked time between power records")
      .choices(["50", "100", "200", "500", "1000"]).default("100").env("TOKENWATT_INTERVAL_MS"),
  )
  .addOption(
    new Option("--repetitions <count>", "least number of measured repetitions")
      .argParser(integer(1)).default(1),
  )
  .addOption(
    new Option("--min-seconds <s>", "repeat the answer until this much is measured")
      .argParser(number(0)).default(3),
  )
  .addOption(
    new Option("--max-seconds <s>", "begin no repetition that would end after this")
      .argParser(number(0.001)).default(60),
  )
  .addOption(
    new Option("--baseline-seconds <s>", "idle time to measure before the answer")
      .argParser(number(0)).default(5),
  )
  .addOption(
    new Option("--warmup <count>", "repetitions before measuring, at least one second")
      .argParser(integer(0)).default(1),
  )
  .addOption(new Option("--threads <count>", "threads of ONNX Runtime").argParser(integer(1, 1024)))
  .addOption(
    new Option("--spin <on|off>", "whether its idle threads spin").choices(["on", "off"] as const),
  )
  .addOption(
    new Option("--engine <name>", "what runs the passes; default: ort-node")
      .choices(ENGINES).env("TOKENWATT_ENGINE"),
  )
  .addOption(
    new Option("--ep <provider>", "execution provider; default: cpu").choices(PROVIDERS)
      .env("TOKENWATT_EP"),
  )
  .addOption(
    new Option("--batch-size <count>", "answer PROMPT so many times at once")
      .argParser(integer(1, 4096)),
  )
  .addOption(
    new Option("--temperature <t>", "0 takes the most probable token").argParser(number(0)).default(
      0,
    ),
  )
  .addOption(new Option("--top-k <count>", "sample among so many tokens").argParser(integer(1)))
  .addOption(new Option("--top-p <p>", "sample among this probability").argParser(number(0, 1)))
  .addOption(
    new Option("--seed <number>", "of sampling and intervals").argParser(integer(0)).default(1),
  )
  .addOption(databaseOption())
  .addOption(new Option("--experiment <name>", "experiment that the run belongs to"))
  .addOption(
    new Option("--tag <label>", "label of the run; may be given again")
      .argParser((label: string, sofar: string[] | undefined) => [...sofar ?? [], label]),
  )
  .addOption(
    new Option(
      "--telemetry",
      "send the run by OpenTelemetry; needs OTEL_DENO=true and OTEL_DENO_CONSOLE=ignore",
    ),
  )
  .addOption(
    new Option("--telemetry-content", "send prompt, answer and tokens' texts, too; implies it"),
  )
  .addOption(priceOption())
  .addOption(regionOption())
  .addOption(powerLimitOption())
  .addOption(new Option("--report <file>", "also write a report of the run, as one HTML file"))
  .addOption(new Option("--json", "print the result as JSON and nothing else on stdout"))
  .addOption(new Option("-q, --quiet", "no bar, no introduction, only the result"))
  .addHelpText(
    "after",
    `
Examples:
  deno task profile
  deno task profile "The old lamp" --max-new-tokens 32
  deno task profile "What is a joule?" --model org/name --system "Be brief." --precision int4
  deno task profile --resolve tokens --resolve-seconds 60
  deno task profile --depth component --activations on
  deno task profile --amplify q_proj,down_proj
  deno task profile --engine ort-ffi --batch-size 8
  deno task profile --power powermetrics --interval-ms 50 --db runs.db
  deno task profile --depth component --report tinytales.html
  deno task profile --json > run.json

Flags win over TOKENWATT_… variables, these over tokenwatt.json in your folder.
Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C (what was measured is kept).`,
  );

/** The same, as the values of a command line. */
export type ProfileFlags = ReturnType<typeof flags.opts>;

/** What `profile()` is to do by these flags. */
export function profileOptions(options: ProfileFlags): ProfileOptions {
  return {
    maxNewTokens: options.maxNewTokens,
    repetitions: options.repetitions,
    minSeconds: options.minSeconds,
    maxSeconds: options.maxSeconds,
    baselineSeconds: options.baselineSeconds,
    resolve: options.resolve,
    resolveSeconds: options.resolveSeconds,
    warmup: options.warmup,
    intervalMs: Number(options.intervalMs),
    temperature: options.temperature,
    seed: options.seed,
    ...given({
      source: options.power,
      depth: options.depth,
      amplify: options.amplify,
      activations: { off: false, on: true, deep: "deep" as const }[options.activations],
      threads: options.threads,
      engine: options.engine,
      provider: options.ep,
      batchSize: options.batchSize,
      spin: options.spin === undefined ? undefined : options.spin === "on",
      topK: options.topK,
      topP: options.topP,
      experiment: options.experiment,
      tags: options.tag,
    }),
  };
}

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
