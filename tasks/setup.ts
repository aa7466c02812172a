/**
 * `deno task setup [power|kernel]`: what needs doing once on a machine.
 *
 * @module
 */
import { Argument, Option } from "@commander-js/extra-typings";
import { command, runCommand } from "./frame/mod.ts";
import { setUpKernel } from "./setup/kernel.ts";
import { setUpPower } from "./setup/power.ts";

export const task = command("setup", "Allow power to be measured, and make notebooks run.")
  .addArgument(
    new Argument("[part]", "power: the sudo rule for powermetrics; kernel: Deno in Jupyter")
      .choices(["power", "kernel"] as const),
  )
  .addOption(new Option("--undo", "take back what was set up"))
  .addOption(new Option("--dry-run", "show what would be done, and do nothing"))
  .addOption(new Option("-y, --yes", "do not ask"))
  .addHelpText(
    "after",
    `
Without a part: all that this machine can have.

Examples:
  deno task setup power
  deno task setup power --dry-run > rule.txt
  deno task setup power --undo
  deno task setup kernel

The sudo rule is explained in docs/powermetrics.md.
Exit codes: 0 done, 1 failed or not wanted, 2 bad input or not possible here.`,
  )
  .action(async (part, { undo = false, dryRun = false, yes = false }) => {
    const how = { undo, dryRun, yes };
    if (part === "power" || (part === undefined && Deno.build.os === "darwin")) {
      await setUpPower(how);
    }
    if (part !== "power") await setUpKernel(how);
  });

if (import.meta.main) await runCommand(task);
