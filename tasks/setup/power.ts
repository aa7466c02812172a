import { userInfo } from "node:os";
import process from "node:process";
import { InputError } from "../../lib/errors.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { installSteps, runSteps, typedStep, undoSteps } from "../../setup/sudo_steps.ts";
import { type RuleUser, SUDOERS_PATH, sudoersFile } from "../../setup/sudoers.ts";
import { askOrQuit, type SetupChoices } from "./consent.ts";

/**
 * Writes or removes the sudo rule. What is said goes to stderr; stdout holds the text of the rule and
 * nothing else, so that `--dry-run` gives a reviewer the file, on any machine.
 */
export async function setUpPower({ undo, dryRun, yes }: SetupChoices): Promise<void> {
  const { username: name, uid } = userInfo();
  if (!dryRun) refuseElsewhere(Deno.build.os, uid);
  const text = sudoersFile({ name, uid });
  const steps = undo ? undoSteps(SUDOERS_PATH) : installSteps(text, SUDOERS_PATH);

  if (undo) say(`This removes ${SUDOERS_PATH}; power is then estimated, not measured.`);
  else introduce({ name, uid });
  if (!undo) console.log(text.trimEnd());
  say(`\n${dryRun ? "It would run" : "It runs"}, as root:`);
  for (const step of steps) say(`  ${typedStep(step).padEnd(58)}  # ${step.purpose}`);
  if (dryRun) return say("\nNothing was changed (--dry-run).");

  if (!yes) askOrQuit("Go on? sudo will ask for your password.");
  await runSteps(steps);
  say(undo ? "Removed." : "Done. `deno task doctor` says whether power can be measured now.");
}

function introduce({ name }: RuleUser): void {
  say(
    `This lets ${
      visibleText(name)
    } run powermetrics as root without a password: with the command lines below,\n` +
      `each as it stands, and with no other. They go to ${SUDOERS_PATH}, and replace what is there.\n` +
      "`deno task setup power --undo` takes it back. docs/powermetrics.md says why it is so exact.\n",
  );
}

function refuseElsewhere(os: typeof Deno.build.os, uid: number): void {
  if (os !== "darwin") {
    throw new InputError(`Cannot set up powermetrics: it is part of macOS, and this is ${os}`, {
      remedy: "`deno task doctor` says which power sources work here; --dry-run shows the rule",
    });
  }
  if (uid === 0) {
    throw new InputError("Cannot set up powermetrics for root, who needs no rule", {
      remedy: "run it without sudo, as the user who will profile; it asks sudo by itself",
    });
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
