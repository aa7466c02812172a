import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sudoersFile } from "../../setup/sudoers.ts";
import { testUnless } from "../gate/needs.ts";
import { runTask } from "./run_task.ts";
import { userInfo } from "node:os";

const RULE = "/etc/sudoers.d/tokenwatt";
const notHere = Deno.build.os === "darwin" ? "this is a Mac, where it would be set up" : null;

testUnless(
  notHere,
  "setup power says that powermetrics is macOS only, with exit code 2",
  async () => {
    const { code, stdout, stderr } = await runTask("setup", ["power", "--yes"]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: .*powermetrics.* part of macOS, and this is \w+; .*doctor/);
    assert.equal(stderr.trim().split("\n").length, 1);
  },
);

Deno.test("setup power --dry-run prints the file alone on stdout, and does nothing", async () => {
  const before = existsSync(RULE);
  const { code, stdout, stderr } = await runTask("setup", ["power", "--dry-run"]);
  assert.equal(code, 0, stderr);
  const { username: name, uid } = userInfo();
  assert.equal(stdout, sudoersFile({ name, uid }));
  for (
    const shown of ["visudo -cf", RULE, "--undo", "docs/powermetrics.md", "Nothing was changed"]
  ) {
    assert.ok(stderr.includes(shown), `${shown} is missing in:\n${stderr}`);
  }
  assert.equal(existsSync(RULE), before);
});

Deno.test("setup power --undo --dry-run shows what it would remove", async () => {
  const { code, stdout, stderr } = await runTask("setup", ["power", "--undo", "--dry-run"]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /sudo \/bin\/rm -f \/etc\/sudoers\.d\/tokenwatt /);
});

Deno.test("setup kernel installs the kernel with NO_COLOR, and takes it back", async () => {
  const folder = Deno.makeTempDirSync();
  const path = join(folder, "jupyter", "kernels", "deno", "kernel.json");
  const run = async (...args: string[]) => {
    const ended = await runTask("setup", ["kernel", ...args], {
      env: { JUPYTER_DATA_DIR: join(folder, "jupyter") },
    });
    assert.equal(ended.code, 0, ended.stderr);
    return ended.stdout;
  };
  assert.match(await run("--dry-run"), /^Would install .*kernels\/deno/);
  assert.ok(!existsSync(path));
  assert.match(await run(), /^Installed /);
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(path)).env, { NO_COLOR: "1" });
  assert.match(await run(), /^Replaced /);
  assert.match(await run("--undo"), /^Removed /);
  assert.ok(!existsSync(path));
  assert.match(await run("--undo"), /^No kernel at /);
});

Deno.test("setup refuses what it cannot do, in one line", async () => {
  const plain = join(Deno.makeTempDirSync(), "plain");
  Deno.writeTextFileSync(plain, "");
  const cases: [string[], Record<string, string>, RegExp][] = [
    [["sudo"], {}, /Allowed choices are power, kernel/],
    [["--force"], {}, /unknown option '--force'/],
    [["kernel"], { JUPYTER_DATA_DIR: join(plain, "x") }, /Cannot install the kernel.*writable/],
    [["kernel"], { HOME: "", XDG_DATA_HOME: "", JUPYTER_DATA_DIR: "" }, /HOME is not set/],
  ];
  for (const [args, env, says] of cases) {
    const { code, stderr } = await runTask("setup", args, { env });
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
});

Deno.test("setup --help shows its options and examples", async () => {
  const { code, stdout } = await runTask("setup", ["--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /Usage: deno task setup \[options\] \[part\]/);
  for (const option of ["--dry-run", "--undo", "--yes", "Examples:\n  deno task setup power"]) {
    assert.ok(stdout.includes(option), option);
  }
});
