/**
 * `deno task show RUN`: one stored run.
 *
 * @module
 */
import { visibleText } from "../lib/safe_text.ts";
import { join } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { InputError } from "../lib/errors.ts";
import * as charts from "../lib/charts/mod.ts";
import type { StoredRun } from "../lib/store/mod.ts";
import { noSuchRun, ProfileDatabase } from "../lib/store/mod.ts";
import {
  bold,
  command,
  databaseOption,
  dim,
  printJson,
  runCommand,
  userPath,
} from "./frame/mod.ts";
import {
  efficiencyLines,
  type Electricity,
  powerLimitOption,
  priceOption,
  regionOption,
} from "./profile/efficiency_lines.ts";
import { runJson } from "./profile/json.ts";
import { groupLines, summaryLines } from "./profile/summary.ts";
import { partLines } from "./show/parts.ts";
import { isOfCode, windowLines } from "./show/windows.ts";

export const task = command("show", "Show one stored run.")
  .argument("[run]", 'its id, the beginning of it, "last" or "last~1"', "last")
  .addOption(databaseOption())
  .addOption(new Option("--charts <folder>", "also save its charts there, as SVG"))
  .addOption(priceOption())
  .addOption(regionOption())
  .addOption(powerLimitOption())
  .addOption(new Option("--json", "print what profile --json printed"))
  .addHelpText(
    "after",
    `
Examples:
  deno task show
  deno task show 20261123-0530 --json
  deno task show last --charts out`,
  )
  .action(async (id, { db, json, charts: folder, ...electricity }) => {
    using database = ProfileDatabase.open(userPath(db), { readOnly: true, upgrade: true });
    const run = database.getRun(id);
    if (!run) throw noSuchRun(database, "show", id, db);
    if (json) printJson(runJson(run, electricity));
    else {
      for (const line of [...lines(run, electricity), ...partLines(database.getRunSummary(id)!)]) {
        console.log(line);
      }
    }
    if (folder !== undefined) await saveCharts(run, userPath(folder));
  });

async function saveCharts(run: StoredRun, folder: string): Promise<void> {
  try {
    Deno.mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new InputError(`Cannot make the folder "${folder}": ${(cause as Error).message}`, {
      remedy: "choose another path",
      cause,
    });
  }
  const figures = {
    "power-timeline": charts.powerTimeline(run),
    ...(isOfCode(run) ? {} : { "token-energy": charts.tokenEnergy(run) }),
  };
  for (const [name, figure] of Object.entries(figures)) {
    await figure.save(join(folder, `${name}.svg`));
  }
}

function lines(run: StoredRun, electricity: Electricity): string[] {
  const reason = run.reason === null ? "" : ` (${visibleText(run.reason)})`;
  const head = `${bold("Run")}    ${run.runId}, ${run.status}${reason}, ` +
    new Date(run.startedAtMs).toISOString();
  const power = `${bold("Power")}  ${
    visibleText(run.power.label)
  }, asked every ${run.power.intervalMs} ms`;
  if (isOfCode(run)) return [head, power, "", dim(visibleText(run.prompt)), ...windowLines(run)];
  return [
    head,
    `${bold("Model")}  ${visibleText(run.model.name)}: ${visibleText(run.model.family)}, ` +
    `${run.model.numLayers} layers, ${run.model.precision}`,
    power,
    "",
    dim(visibleText(run.prompt)) + visibleText(run.response),
    "",
    ...summaryLines(run),
    ...efficiencyLines(run, electricity),
    "",
    ...groupLines(run),
  ];
}

if (import.meta.main) await runCommand(task);
