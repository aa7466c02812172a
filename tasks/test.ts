/**
 * `deno task test`: the one gate, for people and for CI. The steps stand here; what each does
 * stands in its file under `test/`.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { InputError } from "../lib/errors.ts";
import { useOneOf } from "../lib/nearest.ts";
import { command, ExitWith, runCommand } from "./frame/mod.ts";
import { commandStep, examples, tests } from "./test/deno_steps.ts";
import { drawnCharts } from "./test/drawn_charts.ts";
import { runGate, type Stage } from "./test/gate.ts";
import { openLanes } from "./test/lanes.ts";
import { notebooks } from "./test/notebooks.ts";
import { notebookTypes } from "./test/notebook_types.ts";

const STAGES: readonly Stage[] = [
  [
    commandStep("types", ["check"]),
    commandStep("format", ["fmt", "--check"]),
    commandStep("lint", ["lint"]),
    commandStep("public docs", ["doc", "--lint", "mod.ts"]),
  ],
  // The types of notebooks are told by modules that lie beside them meanwhile: lint would find those.
  [notebookTypes, examples, notebooks, tests],
  [drawnCharts],
];
const STEPS = STAGES.flat();

/** Half of what runs side by side waits for records of power. */
const LANES = Math.min(2 * navigator.hardwareConcurrency, 6);

export const task = command("test", "Check everything that CI checks.")
  .argument("[rooms...]", "run only the tests under tests/<room>")
  .option("--step <name>", "run only this step")
  .addHelpText(
    "after",
    [
      "",
      "The last line is `N passed, N failed`.",
      `Steps: ${STEPS.map((step) => step.name).join(", ")}`,
      "",
      "Examples:",
      "  deno task test                    everything",
      "  deno task test power energy       the tests of two rooms",
      '  deno task test --step "drawn charts"',
      "  deno task test:long               everything, at full length",
      "",
      "Exit codes: 0 all passed, 1 something failed, 2 wrong use.",
    ].join("\n"),
  )
  .action(async (rooms, { step: stepName }) => {
    const root = join(import.meta.dirname!, "..");
    const paths = rooms.map((room) => join("tests", room));
    for (const path of paths) {
      if (existsSync(join(root, path))) continue;
      throw new InputError(`No tests at ${path}`, { remedy: "name a folder under tests/" });
    }
    const stages = paths.length > 0
      ? [[tests]]
      : STAGES.map((stage) =>
        stage.filter((step) => stepName === undefined || step.name === stepName)
      ).filter((stage) => stage.length > 0);
    if (stages.length === 0) {
      const names = STEPS.map((step) => step.name);
      throw new InputError(`No step "${stepName}"`, { remedy: useOneOf(stepName!, names) });
    }
    const ci = process.env.CI === "true";
    const long = process.env.TOKENWATT_LONG === "1";
    using _temporary = ownTemporaryFolder();
    const gate = { root, rooms: paths, ci, long, lanes: openLanes(LANES) };
    throw new ExitWith(await runGate(stages, gate));
  });

/** Tests make folders by the dozen; they go with the one that holds them all. */
function ownTemporaryFolder(): Disposable {
  const folder = Deno.makeTempDirSync({ prefix: "tw-" });
  Deno.env.set("TMPDIR", folder);
  return { [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

if (import.meta.main) await runCommand(task);
