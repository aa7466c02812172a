import { powerStatus } from "../../lib/power/mod.ts";
import { readSudoRule, type SudoRule } from "../../setup/sudo_rule.ts";
import { allCommandLines } from "../../setup/sudoers.ts";
import { type Answer, answerOf, examine, type Part } from "./part.ts";

/** Every power source, the better ones first. One that works is enough for a run. */
export async function powerParts(): Promise<Part[]> {
  try {
    const all = await powerStatus();
    const noneWorks = !all.some(({ works }) => works);
    return all.map(({ name, works, reason, remedy, info }) => ({
      part: `power:${name}`,
      label: `Power: ${name}`,
      works,
      required: noneWorks,
      found: works ? info.label : null,
      reason,
      remedy,
    }));
  } catch (error) {
    return [
      await examine({ part: "power", label: "Power", required: true }, () => answerOf(error)),
    ];
  }
}

const RULES: Readonly<Record<SudoRule, Answer>> = {
  exact: { found: "exactly the command lines that are used" },
  everything: { found: "none is needed: sudo asks you for no password at all" },
  partial: {
    found: "some of the command lines that are used",
    reason: "another version of Tokenwatt wrote it",
    remedy: "run `deno task setup power`",
  },
  unrestricted: {
    found: "powermetrics with other arguments than those that are used",
    reason: "with -o it writes any file as root, for whatever runs as you",
    remedy: "remove that rule with `sudo visudo`, then run `deno task setup power`",
  },
  none: { reason: "there is none", remedy: "run `deno task setup power`" },
};

/** What sudo lets this user do with powermetrics. Elsewhere than on macOS it is not asked. */
export async function sudoRuleAnswer(
  os: typeof Deno.build.os = Deno.build.os,
  sudo = "sudo",
): Promise<Answer> {
  if (os !== "darwin") {
    return {
      reason: `it is for powermetrics, which is part of macOS, and this is ${os}`,
      remedy: "nothing to do here",
    };
  }
  try {
    const { success, stdout } = await new Deno.Command(sudo, {
      args: ["-n", "-ll"],
      stdin: "null",
      stderr: "null",
    }).output();
    const listing = success ? new TextDecoder().decode(stdout) : "";
    return RULES[readSudoRule(listing, allCommandLines())];
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { reason: "there is no sudo on the PATH", remedy: "add /usr/bin to the PATH" };
  }
}
