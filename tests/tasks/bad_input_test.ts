import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { runTask, SHORT } from "./run_task.ts";

const TINYTALES = fileURLToPath(new URL("../../models/tinytales/", import.meta.url));

/** A folder with a copy of the shipped checkpoint, for breaking. */
function copyOfTinytales(...names: string[]): string {
  const folder = Deno.makeTempDirSync();
  for (const name of names) Deno.copyFileSync(join(TINYTALES, name), join(folder, name));
  return folder;
}

const ALL = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"];

/** A file of that content, in a folder of its own. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(Deno.makeTempDirSync(), name);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  Deno.writeFileSync(path, bytes);
  return path;
}

function truncated(): string {
  const folder = copyOfTinytales(...ALL, "tokenizer_config.json");
  Deno.truncateSync(join(folder, "model.safetensors"), 3_000_000);
  return folder;
}

interface Case {
  what: string;
  args: () => string[];
  /** What the line must say: the value found, and what to do. */
  says: RegExp;
}

const CASES: Case[] = [
  {
    what: "an unknown model path",
    args: () => ["--model", "/nowhere/at-all"],
    says: /"\/nowhere\/at-all".*models\/tinytales/,
  },
  {
    what: "a file that is not ONNX",
    args: () => ["--model", file("model.onnx", "this is a poem, not a model")],
    says: /model\.onnx/,
  },
  {
    what: "a file with another name",
    args: () => ["--model", file("poem.txt", "roses")],
    says: /not named \.onnx/,
  },
  { what: "truncated weights", args: () => ["--model", truncated()], says: /model\.safetensors/ },
  {
    what: "a missing tokenizer",
    args: () => ["--model", copyOfTinytales("config.json", "model.safetensors")],
    says: /tokenizer\.json/,
  },
  {
    what: "a prompt longer than the context",
    args: () => ["word ".repeat(2000)],
    says: /context of tinytales holds 512/,
  },
  {
    what: "--max-new-tokens -1",
    args: () => ["--max-new-tokens", "-1"],
    says: /-1.*whole number, 1 or more/,
  },
  {
    what: "--max-new-tokens 1.5",
    args: () => ["--max-new-tokens", "1.5"],
    says: /1\.5.*whole number/,
  },
  {
    what: "an unknown flag",
    args: () => ["--max-new-token", "3"],
    says: /Did you mean --max-new-tokens/,
  },
  {
    what: "an unknown source",
    args: () => ["--power", "crystal"],
    says: /powermetrics, macmon, rapl, nvidia, estimate/,
  },
  { what: "--top-p 0", args: () => ["--top-p", "0"], says: /top-p 0; use a number above 0/ },
  { what: "a second prompt", args: () => ["one", "two"], says: /too many arguments/ },
  { what: "- as database", args: () => ["--db", "-"], says: /Cannot use "-" as a file; name one/ },
  {
    what: "a folder as database",
    args: () => ["--db", Deno.makeTempDirSync()],
    says: /database/i,
  },
  {
    what: "a database below a file",
    args: () => ["--db", join(file("plain", "x"), "runs.db")],
    says: /runs\.db/,
  },
  {
    what: "a database that is none",
    args:
      () => ["--db", file("runs.db", "not a database, only some text of some length ".repeat(99))],
    says: /runs\.db/,
  },
];

for (const { what, args, says } of CASES) {
  Deno.test(`profile refuses ${what} in one line, with exit code 2`, async () => {
    const db = join(Deno.makeTempDirSync(), "runs.db");
    const given = args();
    const withDb = given.includes("--db") ? given : [...given, "--db", db];
    const { code, stdout, stderr } = await runTask("profile", [
      ...SHORT.filter((flag) =>
        !given.includes("--max-new-tokens") || !/^(--max-new.*|8)$/.test(flag)
      ),
      "--power",
      "estimate",
      "--quiet",
      ...withDb,
    ]);
    assert.equal(code, 2, `${stdout}${stderr}`);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: /);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n\s+at |file:\/\//);
    assert.ok(stderr.trim().split("\n").length <= 2, stderr);
    if (given.includes("--db")) return;
    if (!exists(db)) return;
    using database = ProfileDatabase.open(db, { readOnly: true });
    assert.deepEqual(database.getRuns(), [], "no half-written run");
  });
}

Deno.test("profile refuses another program's database and leaves it as it was", async () => {
  const { DatabaseSync } = await import("node:sqlite");
  const path = join(Deno.makeTempDirSync(), "cookies.db");
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE cookies (name TEXT); INSERT INTO cookies VALUES ('a')");
  other.close();
  const before = Deno.readFileSync(path);
  const { code, stderr } = await runTask("profile", [
    ...SHORT,
    "--power",
    "estimate",
    "--db",
    path,
  ]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /^error: .*cookies\.db/m);
  assert.deepEqual(Deno.readFileSync(path), before);
});

Deno.test("profile refuses tokenwatt.json that is broken, or that names no option", async () => {
  const cwd = Deno.makeTempDirSync();
  Deno.writeTextFileSync(join(cwd, "tokenwatt.json"), "{ model: ");
  const broken = await runTask("profile", SHORT, { cwd });
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /^error: Cannot read .*tokenwatt\.json/);
  Deno.writeTextFileSync(join(cwd, "tokenwatt.json"), '{ "profile": { "modle": "x" } }');
  const unknown = await runTask("profile", SHORT, { cwd });
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /"modle".*model/);
  Deno.writeTextFileSync(join(cwd, "tokenwatt.json"), '{ "max-new-tokens": -3 }');
  const wrong = await runTask("profile", SHORT.slice(2), { cwd });
  assert.equal(wrong.code, 2, wrong.stdout);
});

Deno.test("runs says which value of tokenwatt.json it cannot use, and why", async () => {
  const cwd = Deno.makeTempDirSync();
  const said = async (config: unknown) => {
    Deno.writeTextFileSync(join(cwd, "tokenwatt.json"), JSON.stringify(config));
    const { code, stderr } = await runTask("runs", [], { cwd });
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(await said({ limit: "x" }), /"x" as "limit" .*json; it must be a whole number, 1/);
  assert.match(await said({ status: "none" }), /"none" as "status" .*json; allowed choices are/);
  assert.match(await said({ json: "no" }), /"no" as "json" .*json; write true or false/);
  assert.match(await said({ db: null }), /null as "db" .*json; write text or a number/);
  assert.match(await said({ db: ["a", "b"] }), /\["a","b"\] as "db" .*json; write one value/);
  assert.match(await said({ experimnt: "x" }), /"experimnt" for runs .*mean "experiment"/);
  assert.match(await said({ runs: { limit: {} } }), /\{\} as "limit"/);
  // Another command's.
  assert.match(await said({ format: "csv", port: 1, db: "none.db" }), /none\.db/);
});

Deno.test("show refuses a run that is not there, and a database that is not there", async () => {
  const missing = join(Deno.makeTempDirSync(), "none.db");
  const nothing = await runTask("show", ["last", "--db", missing]);
  assert.equal(nothing.code, 2);
  assert.match(nothing.stderr, /^error: .*none\.db/);
  assert.equal(exists(missing), false, "looking makes no database");
});

for (const name of ["profile", "runs", "show"]) {
  Deno.test(`${name} --help shows its options and examples`, async () => {
    const { code, stdout } = await runTask(name, ["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`Usage: deno task ${name} \\[options\\]`));
    assert.match(stdout, /Examples:\n {2}deno task /);
    assert.match(stdout, /--db <file>/);
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
