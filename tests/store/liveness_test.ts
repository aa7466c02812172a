import assert from "node:assert/strict";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { query, scratch } from "./scene.ts";
import { BATCH } from "./writer.ts";

// The second driver is the same SQLite, nearly: a few times show that it is opened as it should be.
const KILLS = Deno.env.has("TOKENWATT_LONG")
  ? 200
  : Deno.env.has("TOKENWATT_STORE_CONFIG")
  ? 4
  : 20;

/** Flags by which a process of ours gets the driver that this one has. */
const DRIVER_FLAGS: readonly string[] = Deno.env.has("TOKENWATT_STORE_CONFIG")
  ? ["--config", Deno.env.get("TOKENWATT_STORE_CONFIG")!, "--allow-ffi", "--allow-sys"]
  : [];

/** A writer, and what it has said so far. No more permissions than a task would give it. */
class Writer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #output: Promise<void>;
  #text = "";
  #heard = Promise.withResolvers<void>();

  constructor(path: string, batches: number) {
    const script = new URL("./writer.ts", import.meta.url).pathname;
    const permissions = ["--no-prompt", "--allow-read", "--allow-write", ...DRIVER_FLAGS];
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", ...permissions, script, path, String(batches)],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#output = this.#listen();
  }

  get lines(): string[] {
    return this.#text.split("\n").slice(0, -1);
  }

  /** The last batch that the store had taken, as the writer knew. */
  get acknowledged(): number {
    return Number(this.lines.at(-1)?.split(" ")[1] ?? 0);
  }

  get runId(): string {
    return this.lines[1]!.split(" ")[0]!;
  }

  async until(lines: number): Promise<void> {
    while (this.lines.length < lines) await this.#heard.promise;
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.ended();
  }

  async ended(): Promise<Deno.CommandStatus> {
    await this.#output;
    return await this.#process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.ended();
  }

  async #listen(): Promise<void> {
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    }
    // A writer that died early must fail the test, not hang it.
    this.#heard.reject(new Error(`The writer ended after ${this.lines.length} lines`));
    this.#heard.promise.catch(() => {});
  }
}

function assertSound(path: string): void {
  assert.deepEqual(query(path, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  assert.deepEqual(query(path, "PRAGMA foreign_key_check"), []);
}

/** Deterministic "random" moments. */
function* moments(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

Deno.test(`a run killed with SIGKILL keeps every batch and reads as interrupted, ${KILLS} times`, async () => {
  using scene = scratch();
  using bystander = ProfileDatabase.open(scene.path);
  const random = moments(1);
  for (let kill = 0; kill < KILLS; kill++) {
    await using writer = new Writer(scene.path, 1e6);
    await writer.until(2);
    const { runId } = writer;
    assert.equal(bystander.getRun(runId)!.status, "running");
    await writer.until(2 + Math.floor(random.next().value * 40));
    await new Promise((resolve) => setTimeout(resolve, random.next().value * 8));
    await writer.kill();

    const run = bystander.getRun(runId)!;
    assert.equal(run.status, "interrupted");
    assert.match(run.reason!, /^process \d+ ended without finishing the run$/);
    const [interrupted] = bystander.getRuns({ limit: 1, status: "interrupted" });
    assert.equal(interrupted!.runId, runId);
    const tokens = run.trace.tokens.length;
    const all = writer.acknowledged * BATCH;
    assert.ok(tokens === all || tokens === all + BATCH, `${tokens} tokens of ${all}`);
    assert.ok(run.trace.samples.length >= all);
    assert.ok(bystander.getComponentMetrics(runId).length >= all);
    assertSound(scene.path);
  }
  ProfileDatabase.open(scene.path).close();
  const states = query(scene.path, "SELECT status, count(*) AS n FROM profiling_runs GROUP BY 1");
  assert.deepEqual(states, [{ status: "interrupted", n: KILLS }]);
  const files = [...Deno.readDirSync(scene.folder)].map((entry) => entry.name);
  assert.deepEqual(files.filter((name) => name.endsWith(".lock")), []);
});

Deno.test("a process killed while it makes the database leaves one that can be used", async () => {
  for (const random = moments(2), i = { n: 0 }; i.n < KILLS / 4; i.n++) {
    using scene = scratch();
    await using writer = new Writer(scene.path, 1e6);
    await writer.until(1);
    await new Promise((resolve) => setTimeout(resolve, random.next().value * 12));
    await writer.kill();
    using database = ProfileDatabase.open(scene.path);
    assert.ok(database.getRuns().every((run) => run.status === "interrupted"));
    assertSound(scene.path);
  }
});

Deno.test("a run of another process is running until it ends, and cannot be deleted before", async () => {
  using scene = scratch();
  await using writer = new Writer(scene.path, 1e6);
  await writer.until(4);
  {
    // Neither reading nor opening for writing may disturb it.
    using database = ProfileDatabase.open(scene.path);
    using reader = ProfileDatabase.open(scene.path, { readOnly: true });
    assert.equal(database.getRun("last")!.status, "running");
    assert.equal(reader.getRuns({ status: "running" }).length, 1);
    assert.throws(() => database.deleteRun("last"), /still running/);
  }
  await writer.until(8);
  await writer.kill();
  using reader = ProfileDatabase.open(scene.path, { readOnly: true });
  assert.equal(reader.getRuns({ status: "running" }).length, 0);
  assert.equal(reader.getRunSummary("last")!.status, "interrupted");
  assert.equal(reader.getRunSummary("last")!.layerComponents[0]!.component, "q_proj");
});

Deno.test("several processes make one database and write to it at once", async () => {
  using scene = scratch();
  const [processes, batches] = [4, 60];
  const writers = Array.from({ length: processes }, () => new Writer(scene.path, batches));
  for (const writer of writers) assert.equal((await writer.ended()).code, 0);
  using database = ProfileDatabase.open(scene.path);
  const runs = database.getRuns({ status: "complete" });
  assert.equal(runs.length, processes);
  for (const { runId } of runs) {
    assert.equal(database.getComponentMetrics(runId).length, batches * BATCH);
  }
  assertSound(scene.path);
});
