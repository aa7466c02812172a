import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { runCommand, runDeno } from "../../tasks/test/command.ts";

const quiet = { cwd: tmpdir(), show: false };

Deno.test("runCommand() keeps standard output, then errors, and the code", async () => {
  const code = 'console.error("é"); console.log("a"); console.log("b"); Deno.exit(3)';
  assert.deepEqual(await runDeno(["eval", code], quiet), { code: 3, text: "a\nb\né\n" });
});

Deno.test("runCommand() gives code 127 for a program that is not there", async () => {
  const { code, text } = await runCommand("no-such-program", [], quiet);
  assert.deepEqual([code, text], [127, "no-such-program: command not found"]);
});

Deno.test("runCommand() ends what does not end in time, and keeps what it said", async () => {
  // The child of the child holds the pipe open when its parent is gone.
  const left = `new Deno.Command(Deno.execPath(), {
      args: ["eval", "setTimeout(() => {}, 20000)"], stdout: "inherit", stderr: "inherit",
    }).spawn();
    console.log("hanging");
    setTimeout(() => {}, 60000);`;
  const { code, text } = await runDeno(["eval", left], { ...quiet, limitMs: 4000 });
  assert.deepEqual([code, text], [137, "hanging\n"]);
});

Deno.test("runCommand() does not wait for what a command leaves behind longer than it may", async () => {
  const left = `new Deno.Command(Deno.execPath(), {
      args: ["eval", "setTimeout(() => {}, 20000)"], stdout: "inherit", stderr: "inherit",
    }).spawn();
    console.log("ended");
    Deno.exit(0);`;
  const { code, text } = await runDeno(["eval", left], { ...quiet, limitMs: 4000 });
  assert.deepEqual([code, text], [0, "ended\n"]);
});
