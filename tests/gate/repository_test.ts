import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../tasks/test/command.ts";
import { testUnless } from "./needs.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const git = (...args: string[]) => runCommand("git", args, { cwd: ROOT, show: false });
const noGit = (await git("rev-parse", "--git-dir")).code === 0 ? null : "this is no git checkout";

// In parts, so that this file does not name them itself.
const HOSTS = [
  ["registry.npmjs", "org"],
  ["registry.yarnpkg", "com"],
  ["npm.pkg.github", "com"],
  ["pypi", "org"],
  ["files.pythonhosted", "org"],
  ["jsr", "io"],
  ["deb.debian", "org"],
  ["proxy.golang", "org"],
].map((parts) => parts.join("."));

testUnless(noGit, "no package registry's host is committed", async () => {
  const named = await git("grep", "-nIiF", ...HOSTS.flatMap((host) => ["-e", host]), "--", ".");
  assert.equal(named.text, "");
  const kinds = ["npm", "pypi", "pythonh", "debian", "jsr"].join("|");
  const addresses = await git("grep", "-nIiE", `https?://[a-z0-9.-]*(${kinds})[a-z0-9.-]*/`);
  assert.equal(addresses.text, "");
});

testUnless(noGit, "lock files name packages, not places to fetch them from", async () => {
  const inLocks = await git("grep", "-nE", "://", "--", "*deno.lock");
  assert.equal(inLocks.text, "");
});

Deno.test("every task but the gate is granted only the permissions that it names", async () => {
  const { tasks } = JSON.parse(await readFile(join(ROOT, "deno.json"), "utf8")) as {
    tasks: Record<string, string | { command: string }>;
  };
  for (const [name, task] of Object.entries(tasks)) {
    if (name === "test" || name === "test:long") continue;
    const command = typeof task === "string" ? task : task.command;
    assert.match(
      command,
      /^(mkdir -p \S+ && \w+=\S+ )?deno run -q --no-prompt /,
      `task ${name} must start so`,
    );
    assert.doesNotMatch(command, /\s(-A|--allow-all)\b/, `task ${name} must name its permissions`);
  }
});
