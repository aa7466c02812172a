import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { storageError } from "../../lib/store/storage_error.ts";
import { connect, query, scratch, store } from "./scene.ts";

function refused(path: string, reason: RegExp, options: { readOnly?: boolean } = {}): void {
  assert.throws(() => ProfileDatabase.open(path, options), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, reason);
    assert.ok(error.message.includes(`"${path}"`), error.message);
    assert.ok(!error.message.includes("\n"));
    return true;
  });
}

Deno.test("open() makes missing folders, and takes an empty file for an empty database", () => {
  using scene = scratch();
  ProfileDatabase.open(join(scene.folder, "a/b/runs.db")).close();
  Deno.writeTextFileSync(scene.path, "");
  using database = ProfileDatabase.open(scene.path);
  assert.deepEqual(database.getRuns(), []);
});

Deno.test("open() refuses what is not a database, and leaves it alone", () => {
  using scene = scratch();
  refused(scene.folder, /it is a folder; name a file/);
  for (const content of ["hello", "SQLite format", "x".repeat(5000)]) {
    Deno.writeTextFileSync(scene.path, content);
    refused(scene.path, /is not a database; choose another path/);
    assert.equal(Deno.readTextFileSync(scene.path), content);
  }
  refused("/dev/null", /it is not a file/);
  // The right beginning, and garbage behind it.
  Deno.writeTextFileSync(scene.path, "SQLite format 3\0" + "garbage".repeat(1000));
  refused(scene.path, /not a database|malformed/);
});

Deno.test("open() refuses a path that leads nowhere: a link to itself, a name without end", () => {
  using scene = scratch();
  const loop = join(scene.folder, "loop.db");
  Deno.symlinkSync("loop.db", loop);
  const long = join(scene.folder, "x".repeat(300));
  for (const path of [loop, long]) {
    refused(path, /(symbolic links|name too long).*; choose another path$/i);
    refused(path, /(symbolic links|name too long).*; choose another path$/i, { readOnly: true });
  }
});

Deno.test("open() refuses the database of another program, and leaves it alone", () => {
  using scene = scratch();
  {
    using other = connect(scene.path);
    other.exec("CREATE TABLE photos (id INTEGER)");
  }
  const before = Deno.readFileSync(scene.path);
  refused(scene.path, /another program \(it holds tables photos\); choose another path/);
  assert.deepEqual(Deno.readFileSync(scene.path), before);

  const named = join(scene.folder, "named.db");
  {
    using other = connect(named);
    other.exec("PRAGMA application_id = 252006673");
  }
  refused(named, /another program/);
});

Deno.test("open() refuses a newer schema", () => {
  using scene = scratch();
  ProfileDatabase.open(scene.path).close();
  query(scene.path, "PRAGMA user_version = 99");
  refused(scene.path, /newer Tokenwatt wrote it \(schema 99, .*\); update Tokenwatt/);
});

Deno.test("open() refuses a path that cannot be written", () => {
  using scene = scratch();
  Deno.writeTextFileSync(join(scene.folder, "file"), "x");
  refused(join(scene.folder, "file", "runs.db"), /choose a path that this process may write/);
  refused("/proc/tokenwatt/runs.db", /Cannot open the database/);
});

Deno.test("open() in a process without the permission says so in one line", async () => {
  using scene = scratch();
  const script = `
    import { ProfileDatabase } from "${new URL("../../lib/store/mod.ts", import.meta.url)}";
    try { ProfileDatabase.open(Deno.args[0]); } catch (error) { console.log(String(error)); }`;
  const file = join(scene.folder, "open.ts");
  Deno.writeTextFileSync(file, script);
  const permissions = ["--no-prompt", "--allow-read", `--allow-write=${scene.folder}/elsewhere`];
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-config", ...permissions, file, scene.path],
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0]!, /^InputError: Cannot open the database ".*write.*; choose a path/);
});

Deno.test("open({ readOnly }) makes nothing and changes nothing", () => {
  using scene = scratch();
  refused(scene.path, /no such file/, { readOnly: true });
  assert.throws(() => Deno.statSync(scene.path), Deno.errors.NotFound);
  Deno.writeTextFileSync(scene.path, "");
  refused(scene.path, /it is empty/, { readOnly: true });
  {
    using database = ProfileDatabase.open(scene.path);
    store(database);
  }
  using reader = ProfileDatabase.open(scene.path, { readOnly: true });
  assert.equal(reader.getRuns().length, 1);
  assert.throws(() => store(reader), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /readonly.*; choose a path/);
    return true;
  });
  assert.throws(() => reader.deleteRun("last"), InputError);
  const locks = [...Deno.readDirSync(scene.folder)].filter(({ name }) => name.endsWith(".lock"));
  assert.deepEqual(locks, []);
});

const LOCKS = "/proc/locks";
const noLocks = Deno.build.os !== "linux" && `no ${LOCKS} on ${Deno.build.os}`;
// deno-lint-ignore no-console -- a skipped test says so.
if (noLocks) console.warn(`SKIPPED opening a database again drops no lock: ${noLocks}`);

Deno.test({
  name: "opening a database again drops no lock of this process",
  ignore: Boolean(noLocks),
  fn() {
    using scene = scratch();
    using first = ProfileDatabase.open(scene.path);
    store(first);
    const { ino } = Deno.statSync(scene.path);
    const locks = () =>
      Deno.readTextFileSync(LOCKS).split("\n").filter((l) => l.includes(`:${ino} `));
    const before = locks().length;
    assert.ok(before > 0);
    ProfileDatabase.open(scene.path).close();
    ProfileDatabase.open(scene.path, { readOnly: true }).close();
    first.getRun("last");
    assert.equal(locks().length, before);
  },
});

Deno.test("storageError() explains what the user can fix and passes the rest on", () => {
  const explain = (message: string) => storageError("Cannot use it", new Error(message));
  assert.match(explain("database or disk is full").message, /free some space/);
  assert.match(explain("database is locked").message, /wait until the other process/);
  assert.ok(explain("attempt to write a readonly database") instanceof InputError);
  const bug = new TypeError("x is not a function");
  assert.equal(storageError("Cannot use it", bug), bug);
});

Deno.test("a path through a link is the same database", () => {
  using scene = scratch();
  const link = join(scene.folder, "link.db");
  using database = ProfileDatabase.open(scene.path);
  Deno.symlinkSync(scene.path, link);
  const { model, prompt, power } = database.getRun(store(database))!;
  const running = database.createRun({ model, prompt, power, startedAtMs: 1e12, options: {} });
  using other = ProfileDatabase.open(link);
  assert.equal(other.getRun(running)!.status, "running");
});
