import { existsSync } from "node:fs";
import { runCommand } from "../../tasks/test/command.ts";
import { installSteps, runSteps, undoSteps } from "../../setup/sudo_steps.ts";
import { sudoersFile } from "../../setup/sudoers.ts";

const POWERMETRICS = "/usr/bin/powermetrics";
// A name of its own: a rule that is really in use here is never touched.
const RULE = `/etc/sudoers.d/tokenwatt-test-${Deno.pid}`;

/** What stands in the way of trying the rule with the real sudo; `null` where nothing does. */
export const lacking: string | null = Deno.build.os !== "linux"
  ? "it makes a user, which is done on Linux only"
  : Deno.uid() !== 0
  ? "it makes a user and a sudo rule, which only root can"
  : !existsSync("/usr/bin/sudo") || !existsSync("/usr/sbin/visudo")
  ? "sudo is not installed (Debian: sudo)"
  : !existsSync("/usr/sbin/useradd")
  ? "useradd is not installed (Debian: passwd)"
  : existsSync(POWERMETRICS)
  ? `${POWERMETRICS} exists here, and is not to be replaced`
  : null;

/** A throw-away user with the rule in force, and a stand-in that says what it was called with. */
export interface Sandbox {
  user: { name: string; uid: number };
  /** Where the rule lies. */
  rule: string;
  /** Runs `sudo -n …` as that user. */
  sudo(...args: string[]): Promise<{ code: number; text: string }>;
}

/** Runs `body` with the rule installed by the very steps that a user's setup takes; cleans up. */
export async function withRule(body: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const name = `tw-test-${Deno.pid}`;
  const run = (program: string, ...args: string[]) =>
    runCommand(program, args, { cwd: "/", show: false });
  let standsIn = false;
  try {
    const { code, text } = await run("/usr/sbin/useradd", "-M", "-N", "-s", "/bin/sh", name);
    if (code !== 0) throw new Error(`Cannot make the user ${name}: ${text}`);
    const user = { name, uid: Number((await run("/usr/bin/id", "-u", name)).text) };
    Deno.writeTextFileSync(POWERMETRICS, '#!/bin/sh\necho "uid $(id -u) runs $*"\n', {
      createNew: true,
      mode: 0o755,
    });
    standsIn = true;
    await runSteps(installSteps(sudoersFile(user), RULE));
    await body({
      user,
      rule: RULE,
      sudo: (...args) => run("/usr/sbin/runuser", "-u", name, "--", "/usr/bin/sudo", "-n", ...args),
    });
  } finally {
    await runSteps(undoSteps(RULE));
    if (standsIn) await Deno.remove(POWERMETRICS);
    await run("/usr/sbin/userdel", name);
  }
}
