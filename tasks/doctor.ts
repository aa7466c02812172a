/**
 * `deno task doctor`: what works on this machine, and what to do about what does not.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { databaseAnswer, diskAnswer } from "./doctor/database.ts";
import { modelAnswer } from "./doctor/model.ts";
import { kernelAnswer, pythonAnswer } from "./doctor/notebooks.ts";
import { examine, type Part } from "./doctor/part.ts";
import { powerParts, sudoRuleAnswer } from "./doctor/power.ts";
import { reportLines } from "./doctor/report.ts";
import { denoAnswer, onnxRuntimeAnswer } from "./doctor/runtimes.ts";
import {
  command,
  databaseOption,
  EXIT,
  ExitWith,
  printJson,
  runCommand,
  userPath,
} from "./frame/mod.ts";

export const task = command(
  "doctor",
  "Say what works on this machine, and the remedy for what does not.",
)
  .addOption(databaseOption())
  .addOption(new Option("--json", "print it as JSON (docs/doctor.schema.json)"))
  .addHelpText(
    "after",
    `
Examples:
  deno task doctor
  deno task doctor --json > doctor.json

It changes nothing and makes no file.
Exit codes: 0 the main job, deno task profile, can run here; 1 it cannot; 2 bad input.`,
  )
  .action(async ({ db, json }) => {
    const parts = await examineAll(userPath(db));
    const works = parts.every((part) => part.works || !part.required);
    if (json) printJson({ works, parts });
    else for (const line of reportLines(parts, works)) console.log(line);
    if (!works) throw new ExitWith(EXIT.failed);
  });

async function examineAll(database: string): Promise<Part[]> {
  const needed = (part: string, label: string) => ({ part, label, required: true });
  const useful = (part: string, label: string) => ({ part, label, required: false });
  const parts = await Promise.all([
    examine(needed("deno", "Deno"), () => denoAnswer()),
    examine(needed("onnxruntime", "ONNX Runtime"), onnxRuntimeAnswer),
    examine(needed("model", "Shipped model"), () => modelAnswer()),
    powerParts(),
    examine(useful("sudo-rule", "Sudo rule"), () => sudoRuleAnswer()),
    examine(needed("database", "Database"), () => databaseAnswer(database)),
    examine(needed("disk", "Disk"), () => diskAnswer(database)),
    examine(useful("jupyter-kernel", "Jupyter kernel"), () => kernelAnswer()),
    examine(useful("python", "Python"), () => pythonAnswer()),
  ]);
  return parts.flat();
}

if (import.meta.main) await runCommand(task);
