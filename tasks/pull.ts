/**
 * `deno task pull ID`: fetches a model from the Hugging Face hub into its usual cache.
 *
 * @module
 */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import {
  endpointOf,
  findPulled,
  HubFailure,
  type PulledModel,
  pullModel,
  type PullOptions,
  usualCache,
} from "../lib/model/hub/mod.ts";
import { visibleText } from "../lib/safe_text.ts";
import {
  command,
  complain,
  EXIT,
  ExitWith,
  interruptible,
  number,
  printJson,
  ProgressBar,
  runCommand,
  userPath,
} from "./frame/mod.ts";
import { readToken } from "./pull/token.ts";
import { TransferLine } from "./pull/transfer_line.ts";
import { resultLines } from "./pull/words.ts";

export const task = command("pull", "Fetch a model from the Hugging Face hub into its usual cache.")
  .argument("<id>", "model on the hub, as ORG/NAME")
  .addOption(new Option("--revision <name>", "branch, tag or commit").default("main"))
  .addOption(
    new Option("--precision <name>", "fp32, fp16, int8, int4 or a variant such as q4f16")
      .argParser(word),
  )
  .addOption(
    new Option("--file <pattern>", 'which weights, as "onnx/model_q4.onnx" or "cpu-int4*/*"'),
  )
  .addOption(new Option("--cache <folder>", "default: the hub's own cache (HF_HUB_CACHE, HF_HOME)"))
  .addOption(new Option("--token-file <file>", "file that holds a token; default: HF_TOKEN"))
  .addOption(
    new Option("--timeout <seconds>", "give up a connection that brings nothing for so long")
      .argParser(number(0.1, 3600)).default(30),
  )
  .addOption(new Option("--offline", "ask nothing, find what an earlier pull left"))
  .addOption(new Option("--json", "print the result as JSON and nothing else on stdout"))
  .addOption(new Option("-q, --quiet", "no bar, only the result"))
  .addHelpText(
    "after",
    `
Fetched are the files that describe the model, its tokenizer, one ONNX graph and that graph's
weights. Without --precision it is the graph that "deno task profile" would take. What a broken or
stopped pull has brought is kept, and the next one goes on from there; every file is checked against
the hub's checksum. A token is sent to the hub alone, and neither printed nor stored.
HF_ENDPOINT names another hub, HF_HUB_OFFLINE=1 means --offline.

Examples:
  deno task pull onnx-community/Qwen2.5-0.5B-Instruct --precision int4
  deno task pull microsoft/Phi-3-mini-4k-instruct-onnx --file "cpu_and_mobile/cpu-int4-rtn-block-32/*"
  deno task pull my-org/private --revision v2 --token-file ~/.cache/huggingface/token
  deno task pull onnx-community/Qwen2.5-0.5B-Instruct --offline --json

Exit codes: 0 done, 1 the hub or the network failed, 2 bad input, 130 stopped by Ctrl-C.`,
  )
  .action(async (id, { json = false, quiet = false, ...options }) => {
    using signal = interruptible("Stopping; what has arrived is kept");
    const bar = new ProgressBar(quiet);
    const line = new TransferLine();
    const here = () => usualCache((name) => Deno.env.get(name));
    const wanted: PullOptions = {
      cache: options.cache === undefined ? here() : userPath(options.cache),
      revision: options.revision,
      ...(options.precision === undefined ? {} : { precision: options.precision }),
      ...(options.file === undefined ? {} : { pattern: options.file }),
      onProgress: (done, total) => {
        const text = line.text(done, total);
        if (text !== null) bar.draw(total === 0 ? 1 : done / total, text);
      },
    };
    const isOffline = options.offline || isTrue(Deno.env.get("HF_HUB_OFFLINE"));
    let model: PulledModel;
    try {
      model = isOffline ? findPulled(id, wanted) : await pullModel(
        {
          endpoint: endpointOf(Deno.env.get("HF_ENDPOINT")),
          token: readToken(options.tokenFile),
          stallMs: options.timeout * 1000,
          pauseMs: 500,
          signal,
          onWait: (why) => {
            bar.clear();
            if (!quiet) console.error(visibleText(why));
          },
        },
        id,
        wanted,
      );
    } catch (error) {
      bar.clear();
      if (signal.aborted) {
        complain(`stopped; "deno task pull ${id}" goes on from here`);
        throw new ExitWith(EXIT.interrupted);
      }
      if (!(error instanceof HubFailure)) throw error;
      complain(error.message);
      throw new ExitWith(EXIT.failed);
    }
    bar.clear();
    const asked = { isUsualCache: options.cache === undefined, precision: options.precision };
    if (json) printJson(model);
    else for (const text of resultLines(model, asked)) console.log(text);
  });

function word(text: string): string {
  if (/^[a-z0-9]{1,20}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a name such as int4 or q4f16.");
}

// As huggingface_hub reads it (constants.py, ENV_VARS_TRUE_VALUES).
function isTrue(text: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes((text ?? "").toUpperCase());
}

if (import.meta.main) await runCommand(task);
