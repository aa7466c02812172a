/**
 * `deno task bench`: the project's own benchmarks, each a ratio of two things that took turns in
 * one run, or a duration where nobody else does the same. Exits with 0 whether or not a goal is
 * reached: the tables say it.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { InputError } from "@tokenwatt/tokenwatt";
import {
  command,
  EXIT,
  ExitWith,
  integer,
  number,
  printJson,
  runCommand,
  tableLines,
} from "../frame/mod.ts";
import { MODEL_NAMES } from "./bench_models.ts";
import { ALL, NAMES, namesOf } from "./choice.ts";
import { writeDocs } from "./docs_page.ts";
import { DURATION_MEASURES } from "./duration_measures.ts";
import { describeCommit, describeMachine } from "./machine.ts";
import { markdown } from "./markdown.ts";
import { MEASURES } from "./measures.ts";
import { pairsOf, QUICK_ROUNDS, Stage } from "./stage.ts";
import type { Report } from "./report.ts";
import { WORK_MEASURES } from "./work_measures.ts";

const MINUTES = 14;
const QUICK_MINUTES = 4.5;

export const task = command(
  "bench",
  "Measure what Tokenwatt itself costs, against goals and peers.",
)
  .addOption(
    new Option("--only <measure>", "only this one; may be repeated, or several with commas")
      .choices(NAMES).argParser(namesOf),
  )
  .addOption(
    new Option("--list", "print the names of all measures and what they are, and measure nothing"),
  )
  .addOption(
    new Option("--model <name>", "decode with this model only").choices(MODEL_NAMES),
  )
  .addOption(
    new Option(
      "--quick",
      `${QUICK_ROUNDS} rounds of each instead of up to 60, and no long contexts`,
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
  .addOption(
    new Option("--write", "put the tables into docs/benchmarks.md").conflicts(["only", "model"]),
  )
  .addOption(new Option("--json", "print all blocks as JSON and nothing else on stdout"))
  .addHelpText(
    "after",
    `
Examples:
  deno task bench
  deno task bench --list
  deno task bench --quick --only bare-loop,fleet-regressions
  deno task bench --minutes 26 --write
  deno task bench --threads 2 --json > bench.json

Exit codes: 0 done, whether or not the goals are reached, 1 a measure failed, 2 bad input.`,
  )
  .action(async (options) => {
    const {
      only,
      model,
      list = false,
      quick = false,
      minutes,
      threads,
      write = false,
      json = false,
    } = options;
    if (list) return printList(json);
    if (write && quick) {
      throw new InputError("Cannot write the tables of a quick run into docs/benchmarks.md", {
        remedy: "leave --quick or --write out",
      });
    }
    const loadBefore = Deno.loadavg()[0]!;
    const chosen = ({ name }: { name: string }) => only?.includes(name) ?? true;
    const works = WORK_MEASURES.filter(chosen);
    const durations = DURATION_MEASURES.filter(chosen);
    const pairs = pairsOf(MEASURES.filter(chosen), { quick, model });
    if (pairs.length + works.length + durations.length === 0) {
      throw new InputError(`Cannot measure ${only?.join(", ")} with ${model}: it is not for it`, {
        remedy: "leave --model out",
      });
    }
    const stage = new Stage({
      pairs,
      works,
      durations,
      minutes: minutes ?? (quick ? QUICK_MINUTES : MINUTES),
      threads,
      quick,
    });
    const report: Report = {
      date: new Date().toISOString().slice(0, 10),
      commit: await describeCommit(),
      machine: await describeMachine(),
      threads,
      loadBefore,
      ...await stage.play(),
      loadAfter: Deno.loadavg()[0]!,
    };
    if (json) printJson(report);
    else console.log(markdown(report));
    if (write) await writeDocs(markdown(report));
    if (report.leftOut.some(({ failed }) => failed)) throw new ExitWith(EXIT.failed);
  });

function printList(json: boolean): void {
  if (json) return printJson(ALL);
  const columns = [{ title: "measure" }, { title: "what it measures" }, { title: "given" }];
  for (const line of tableLines(columns, ALL.map((one) => [one.name, one.title, one.given]))) {
    console.log(line);
  }
}

if (import.meta.main) await runCommand(task);
