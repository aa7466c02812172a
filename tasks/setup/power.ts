import { userInfo } from "node:os";
import process from "node:process";
import { InputError } from "../../lib/errors.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { installSteps, runSteps, typedStep, undoSteps } from "../../setup/sudo_steps.ts";
import { type RuleUser, SUDOERS_PATH, sudoersFile } from "../../setup/sudoers.ts";
import { askOrQuit, type SetupChoices } from "./consent.ts";

/** For whom the rule is, and where it goes. */
export interface PowerPlace {
  os: typeof Deno.build.os;
  user: RuleUser;
  path: string;
  sudo: string;
}

/**
 * Writes or removes the sudo rule. What is said goes to stderr; stdout holds the text of the rule and
 * nothing else, so that `--dry-run` gives a reviewer the file, on any machine.
 */
export async function setUpPower(
  { undo, dryRun, yes }: SetupChoices,
  { os, user, path, sudo }: PowerPlace = thisPlace(),
): Promise<void> {
  if (!dryRun) refuseElsewhere(os, user.uid);
  const text = sudoersFile(user);
  const steps = undo ? undoSteps(path) : installSteps(text, path);

  if (undo) say(`This removes ${path}; powermetrics then needs a password again.`);
  else introduce(user, path);
  if (!undo) console.log(text.trimEnd());
  say(`\n${dryRun ? "It would run" : "It runs"}, as root:`);
  for (const step of steps) say(`  ${typedStep(step).padEnd(58)}  # ${step.purpose}`);
  if (dryRun) return say("\nNothing was changed (--dry-run).");

  if (!yes) askOrQuit("Go on? sudo will ask for your password.");
  await runSteps(steps, sudo);
  say(undo ? "Removed." : "Done. `deno task doctor` says whether power can be measured now.");
}

function thisPlace(): PowerPlace {
  const { username: name, uid } = userInfo();
  return { os: Deno.build.os, user: { name, uid }, path: SUDOERS_PATH, sudo: "/usr/bin/sudo" };
}

function introduce({ name }: RuleUser, path: string): void {
  say(
    `This lets ${
      visibleText(name)
    } run powermetrics as root without a password: with the command lines below,\n` +
      `each as it stands, and with no other. They go to ${path}, and replace what is there.\n` +
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
