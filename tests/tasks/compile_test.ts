import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import tool from "../../deno.json" with { type: "json" };
import { CHECKOUT_COMMANDS, COMMANDS } from "../../tasks/commands.ts";
import { compileArguments, permissionsOf, WORKERS } from "../../tasks/compile/arguments.ts";
import { asTyped, IN_CHECKOUT } from "../../tasks/frame/mod.ts";
import { testUnless } from "../gate/needs.ts";
import { runTask } from "./run_task.ts";

const ROOT = new URL("../../", import.meta.url);

const noRuntime = await compiles()
  ? null
  : "the runtime for compiled programs cannot be fetched; DENORT_BIN may name it";

/** Whether Deno has or gets what it makes programs of; a network that swallows is given up. */
async function compiles(): Promise<boolean> {
  const hello = Deno.makeTempFileSync({ suffix: ".ts" });
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", "-q", "--no-check", "-o", `${hello}.out`, hello],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  return success;
}

testUnless(
  noRuntime,
  "the compiled program measures and shows, far from the checkout",
  async () => {
    const cwd = Deno.makeTempDirSync();
    const made = await runTask("compile", ["--out", "tokenwatt"], { cwd });
    assert.equal(made.code, 0, made.stderr);
    const run = (...args: string[]) => {
      const options = { args, cwd, env: { NO_COLOR: "1" } };
      const { code, stdout, stderr } = new Deno.Command(`${cwd}/tokenwatt`, options).outputSync();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    run("profile", "--quiet", "--power", "rig:m4max", "--max-new-tokens", "4");
    assert.equal(JSON.parse(run("show", "last", "--json")).totals.generatedTokens, 4);
  },
);

Deno.test("the program holds the model, and ONNX Runtime for this platform alone", async () => {
  const out = join(Deno.makeTempDirSync(), "tokenwatt");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(out).filter((argument) => argument !== "-q"),
    cwd: fileURLToPath(ROOT),
    // Stands in for denort, which only the program's run needs: whatever is named is embedded into.
    env: { DENORT_BIN: Deno.execPath(), NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  const megabytes = (of: RegExp) => Number(said.match(of)?.[1] ?? assert.fail(`${of}: ${said}`));
  const library = megabytes(/ onnxruntime-node\/[\d.]+\/\* \(([\d.]+)MB/);
  assert.ok(library > 15 && library < 110, `${library} MB of ONNX Runtime`);
  // The checkpoint; what was built of it is there only where it was used before.
  assert.ok(megabytes(/ models\/\* \(([\d.]+)MB/) > 4.5, "tinytales is there");
  Deno.removeSync(dirname(out), { recursive: true });
});

Deno.test("deno task compile --print prints a command that needs no network and not -A", async () => {
  const { code, stdout, stderr } = await runTask("compile", ["--print"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^deno compile .*--self-extracting .*tasks\/main\.ts$/m);
  assert.doesNotMatch(stdout, /--allow-(net|all)| -A /);
});

if (noRuntime !== null) {
  Deno.test("deno task compile says what is missing in one line, with exit code 2", async () => {
    const { code, stderr } = await runTask("compile", [], { cwd: Deno.makeTempDirSync() });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: Cannot compile .*; allow dl\.deno\.land, or set DENORT_BIN/);
  });
}

Deno.test("tokenwatt runs the commands with the permissions that it is compiled with", async () => {
  const allowed = permissionsOf(Object.keys(COMMANDS));
  const main = async (...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-prompt", ...allowed, "tasks/main.ts", ...args],
      cwd: fileURLToPath(ROOT),
      env: { INIT_CWD: Deno.makeTempDirSync(), NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  };
  assert.equal((await main("--version")).stdout.trim(), tool.version);
  const help = await main();
  assert.equal(help.code, 0, help.stderr);
  for (const name of Object.keys(COMMANDS)) {
    assert.match(help.stdout, new RegExp(`^  ${name} `, "m"));
  }
  const wrong = await main("shw", "--json");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /no command "shw"; did you mean show\? tokenwatt --help/);
  const runs = await main("runs", "--jsn");
  assert.equal(runs.code, 2);
  assert.match(runs.stderr, /Did you mean --json\?/);
  assert.match((await main("doctor", "--json")).stdout, /^\{/);
});

Deno.test("permissionsOf() joins permissions: not all of any that is listed, no network", () => {
  const flags = permissionsOf(Object.keys(COMMANDS));
  assert.ok(flags.includes("--allow-read") && flags.includes("--allow-ffi"));
  assert.ok(flags.some((flag) => /^--allow-run=.*sudo/.test(flag)));
  assert.ok(flags.some((flag) => /^--allow-sys=.*cpus/.test(flag)));
  assert.deepEqual(
    flags.filter((flag) => /-(net|all|import)\b|^-A$|env$|run$|sys$/.test(flag)),
    [],
  );
});

Deno.test("compileArguments() includes every worker of lib", () => {
  const workers = sources("lib/").filter((path) => path.endsWith("_worker.ts"));
  assert.deepEqual([...WORKERS].toSorted(), workers.toSorted());
  assert.ok(compileArguments("x").join(" ").includes("--include lib/power/monitor_worker.ts"));
});

function sources(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? sources(`${folder}${name}/`) : name.endsWith(".ts") ? [folder + name] : []
  );
}

Deno.test("asTyped() says tokenwatt in the compiled program alone", () => {
  assert.equal(asTyped("run `deno task show last`", true), "run `tokenwatt show last`");
  assert.equal(asTyped("run `deno task setup power`", true), "run `deno task setup power`");
  assert.deepEqual([...IN_CHECKOUT].toSorted(), Object.keys(CHECKOUT_COMMANDS).toSorted());
  assert.equal(asTyped("run `deno task show last`", false), "run `deno task show last`");
});
