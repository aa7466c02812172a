import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { installSteps, runSteps, undoSteps } from "../../setup/sudo_steps.ts";
import { testUnless } from "../gate/needs.ts";
import { lacking } from "./sandbox.ts";

/** A sudo that runs nothing: it notes its arguments and what it reads, and fails where told to. */
function fakeSudo(failing = "nothing"): { path: string; calls: () => string[] } {
  const folder = Deno.makeTempDirSync();
  const log = join(folder, "log");
  const path = join(folder, "sudo");
  Deno.writeTextFileSync(log, "");
  const script = `#!/bin/sh
echo "$*" >> ${log}
case "$* " in
  *"${failing} "*) echo "some words" >&2; echo "sudo: ${failing} is not for you" >&2; exit 1 ;;
  *tee*) sed 's/^/< /' >> ${log} ;;
esac
`;
  Deno.writeTextFileSync(path, script, { mode: 0o755 });
  return { path, calls: () => Deno.readTextFileSync(log).trim().split("\n") };
}

Deno.test("installSteps() checks what it wrote before it puts it to use", async () => {
  const { path, calls } = fakeSudo();
  await runSteps(installSteps("one\ntwo\n", "/x/rule"), path);
  assert.deepEqual(calls(), [
    "-- /bin/rm -f /x/rule.new",
    "-- /usr/bin/tee /x/rule.new",
    "< one",
    "< two",
    "-- /bin/chmod 0440 /x/rule.new",
    "-- /usr/sbin/visudo -cf /x/rule.new",
    "-- /bin/mv -f /x/rule.new /x/rule",
    "-- /usr/sbin/visudo -c",
  ]);
});

Deno.test("runSteps() clears up where a step fails, and says which and why", async () => {
  for (const failing of ["tee", "chmod", "visudo -cf", "mv", "visudo -c"]) {
    const { path, calls } = fakeSudo(failing);
    await assert.rejects(runSteps(installSteps("text\n", "/x/rule"), path), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, new RegExp(`\`sudo .*${failing}.*failed \\(sudo: ${failing} is`));
      return true;
    });
    const isInUse = failing === "visudo -c";
    assert.equal(calls().at(-1), `-- /bin/rm -f /x/rule${isInUse ? "" : ".new"}`);
    // A rule that was there before stays in force until the new one has been checked.
    assert.equal(calls().includes("-- /bin/rm -f /x/rule"), isInUse);
    if (failing !== "mv") assert.equal(calls().some((call) => call.includes("mv")), isInUse);
  }
});

Deno.test("runSteps() goes no further where sudo refuses, or is not there", async () => {
  const { path, calls } = fakeSudo("rm");
  await assert.rejects(runSteps(installSteps("text\n", "/x/rule"), path), /may use sudo/);
  assert.equal(calls().length, 1, "who was refused is not asked again");
  await assert.rejects(
    runSteps(undoSteps("/x/rule"), "/nowhere/sudo"),
    /there is no \/nowhere\/sudo/,
  );
});

Deno.test("undoSteps() removes the rule and what an attempt left", async () => {
  const { path, calls } = fakeSudo();
  await runSteps(undoSteps("/x/rule"), path);
  assert.deepEqual(calls(), ["-- /bin/rm -f /x/rule /x/rule.new"]);
});

testUnless(lacking, "runSteps() leaves nothing of a rule that visudo refuses", async () => {
  const rule = `/etc/sudoers.d/tokenwatt-broken-${Deno.pid}`;
  for (const text of ["ada ALL=(root NOPASSWD: /bin/ls\n", "Cmnd_Alias\n"]) {
    await assert.rejects(runSteps(installSteps(text, rule)), /visudo -cf .*failed/);
    assert.ok(!existsSync(rule) && !existsSync(`${rule}.new`));
  }
});

testUnless(lacking, "runSteps() takes back a rule that does not fit the other rules", async () => {
  const rule = `/etc/sudoers.d/tokenwatt-twice-${Deno.pid}`;
  const text = "Cmnd_Alias TOKENWATT_TWICE = /bin/ls\nroot ALL=(root) TOKENWATT_TWICE\n";
  const other = `${rule}-other`;
  try {
    await runSteps(installSteps(text, other));
    await assert.rejects(runSteps(installSteps(text, rule)), /visudo -c` failed/);
    assert.ok(!existsSync(rule) && !existsSync(`${rule}.new`));
    assert.ok(existsSync(other), "what was there before stays");
  } finally {
    await runSteps(undoSteps(other));
  }
  assert.ok(!existsSync(other));
});
