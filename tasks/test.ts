/**
 * `deno task test`: the one gate, for people and for CI. The steps stand here; what each does
 * stands in its file under `test/`.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Command } from "@commander-js/extra-typings";
import { commandStep, computingTests, examples, tests } from "./test/deno_steps.ts";
import { drawnCharts } from "./test/drawn_charts.ts";
import { runGate } from "./test/gate.ts";
import { notebooks } from "./test/notebooks.ts";
import { notebookTypes } from "./test/notebook_types.ts";
import type { Step } from "./test/step.ts";

const STEPS: readonly Step[] = [
  commandStep("format", ["fmt", "--check"]),
  commandStep("lint", ["lint"]),
  commandStep("types", ["check"]),
  notebookTypes,
  commandStep("public docs", ["doc", "--lint", "mod.ts"]),
  examples,
  computingTests,
  tests,
  notebooks,
  drawnCharts,
];

const command = new Command("deno task test")
  .description("Check everything that CI checks. The last line is `N passed, N failed`.")
  .argument("[rooms...]", "run only the tests under tests/<room>")
  .option("--step <name>", "run only this step")
  .addHelpText(
    "after",
    [
      "",
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
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (rooms, { step: stepName }) => {
    const root = join(import.meta.dirname!, "..");
    const paths = rooms.map((room) => join("tests", room));
    for (const path of paths) {
      if (!existsSync(join(root, path))) refuse(`No tests at ${path}; name a folder under tests/`);
    }
    const steps = paths.length > 0
      ? [tests]
      : STEPS.filter((step) => stepName === undefined || step.name === stepName);
    if (steps.length === 0) refuse(`No step "${stepName}"; --help lists the steps`);
    const ci = process.env.CI === "true";
    const long = process.env.TOKENWATT_LONG === "1";
    process.exitCode = await runGate(steps, { root, rooms: paths, ci, long });
  });

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

await command.parseAsync();
