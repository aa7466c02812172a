import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { completionScript, type Shell, SHELLS } from "../../../tasks/completion/scripts.ts";
import { testUnless } from "../../gate/needs.ts";
import { runTask } from "../run_task.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

/** Answers as the real one does, with words that a shell must not take for its own. */
const ANSWER = join(Deno.makeTempDirSync({ prefix: "it's a " }), "answer");
Deno.writeTextFileSync(
  ANSWER,
  `#!/bin/sh
for word; do last=$word; done
case $last in
  rig:*) printf 'words\\nrig:m4pro\\t\\nrig:m4max\\t\\n';;
  h*) printf 'words\\nhis $(touch hit); \`x\` *\\t\\n';;
  --depth=*) printf 'words\\n--depth=component\\t\\n';;
  --de*) printf 'words\\n--depth\\thow far: to look\\n';;
  *) echo paths;;
esac
`,
  { mode: 0o755 },
);

function run(program: string, args: string[], options: { cwd?: string } = {}): string {
  const { stdout, stderr, success } = new Deno.Command(program, {
    args,
    cwd: options.cwd ?? ROOT,
    stdin: "null",
    env: { HOME: Deno.makeTempDirSync(), NO_COLOR: "1" },
  }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

function lacking(shell: Shell): string | null {
  try {
    new Deno.Command(shell, { args: ["-c", "true"], stdin: "null" }).outputSync();
    return null;
  } catch {
    return `there is no ${shell} here`;
  }
}

function scriptOf(shell: Shell, folder: string | null = ROOT): string {
  const path = join(Deno.makeTempDirSync(), `script.${shell}`);
  Deno.writeTextFileSync(path, completionScript(shell, { folder, answer: [ANSWER] }));
  return path;
}

/** What stands on the line after a press of the tab key, a word a line. */
function bash(script: string, typed: string[], cwd = ROOT): string {
  const code = `_theirs() { COMPREPLY=(theirs); }; complete -F _theirs deno
    source "$0"; source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tokenwatt deno
    ((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run("bash", ["--norc", "-c", code, script, ...typed], { cwd });
}

testUnless(lacking("bash"), "the script for bash completes what deno task is given", () => {
  const script = scriptOf("bash");
  assert.equal(bash(script, ["deno", "task", "profile", "--de"]), "--depth");
  assert.equal(bash(script, ["deno", "task", "profile", "--depth", "=", "c"]), "component");
  assert.equal(bash(script, ["deno", "task", "profile", "rig", ":", "m4"]), "m4pro\nm4max");
  assert.equal(bash(script, ["deno", "task", "profile", "rig", ":"]), "m4pro\nm4max");
  assert.equal(bash(script, ["deno", "task", "show", "docs/pow"]), "docs/powermetrics.md");
  const hostile = bash(script, ["deno", "task", "show", "h"]);
  assert.equal(hostile, "his\\ \\$\\(touch\\ hit\\)\\;\\ \\`x\\`\\ \\*");
});

testUnless(lacking("bash"), "the script for bash leaves all else to what was there before", () => {
  const script = scriptOf("bash");
  assert.equal(bash(script, ["deno", "ru"]), "theirs");
  assert.equal(bash(script, ["deno", "task", "profile", "--de"], "/"), "theirs");
  const own = scriptOf("bash", null);
  assert.equal(bash(own, ["tokenwatt", "profile", "--de"], "/"), "--depth");
});

testUnless(lacking("zsh"), "the script for zsh describes what deno task is given", () => {
  // What zsh's own functions would draw is printed.
  const code = `compdef() { : }; _describe() { print -rl -- "\${(P@)2}" }; _files() { print files }
    _default() { print default }; typeset -A _comps; script=$1; shift
    source $script; words=("$@"); CURRENT=$#; _tokenwatt`;
  const zsh = (typed: string[], cwd = ROOT, script = scriptOf("zsh")) =>
    run("zsh", ["-f", "-c", code, "zsh", script, ...typed], { cwd });
  assert.equal(zsh(["deno", "task", "profile", "--de"]), "--depth:how far: to look");
  assert.equal(zsh(["deno", "task", "profile", "rig:m4"]), "rig\\:m4pro:\nrig\\:m4max:");
  assert.equal(zsh(["deno", "task", "show", "docs/"]), "files");
  assert.equal(zsh(["deno", "task", "show", "h"]), "his $(touch hit); `x` *:");
  assert.equal(zsh(["deno", "run", "x"]), "default");
  assert.equal(zsh(["deno", "task", "profile", "--de"], "/"), "default");
  assert.match(zsh(["tokenwatt", "--de"], "/", scriptOf("zsh", null)), /^--depth:/);
});

testUnless(lacking("fish"), "the script for fish completes what deno task is given", () => {
  const script = scriptOf("fish");
  // fish reads deno's own completion first, or it would come later and take ours away.
  const fish = (line: string, cwd = ROOT) =>
    run("fish", [
      "-N",
      "-c",
      'complete -C "deno "; source $argv[1]; complete -C $argv[2]',
      script,
      line,
    ], {
      cwd,
    });
  assert.match(fish("deno task profile --de"), /--depth\thow far: to look$/);
  assert.match(fish("deno task profile --depth=c"), /--depth=component$/);
  assert.match(fish("deno task show docs/pow"), /docs\/powermetrics\.md$/);
  assert.doesNotMatch(fish("deno task profile --de", "/"), /--depth/);
});

Deno.test("deno task completion prints scripts that ask with the permissions of their task", async () => {
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await runTask("completion", [shell]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^#.*for (bash|zsh|fish)\.$/m);
    assert.doesNotMatch(stdout, /--allow-(all|write|run|net)| -A /);
    if (lacking(shell) !== null) continue;
    const path = join(Deno.makeTempDirSync(), "script");
    Deno.writeTextFileSync(path, stdout);
    run(shell, ["-n", path]);
  }
  const refused = await runTask("completion", ["bsh"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /Did you mean bash\?/);
});

Deno.test("deno task completion --answer knows every command, itself too", async () => {
  const { code, stdout } = await runTask("completion", ["bash", "--answer", "--", ""]);
  assert.equal(code, 0);
  assert.match(stdout, /^profile\t.*\n(.*\n)*completion\t/m);
});
