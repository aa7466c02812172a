import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { ProfileDatabase, type RunDocument, runDocument } from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { storeRichRun } from "./rich_run.ts";
import { headerOf, query, scratch, store } from "./scene.ts";

Deno.test("merge() takes in every run whole, and none twice", () => {
  using scene = scratch();
  using source = ProfileDatabase.open(":memory:");
  using target = ProfileDatabase.open(scene.path);
  const own = store(target);
  const ids = [storeRichRun(source), store(source)];
  const failed = source.createRun(headerOf(sampleRun()));
  source.addTokens(failed, sampleRun().trace.tokens.slice(0, 2));
  source.finishRun(failed, { status: "failed", reason: "the sampler died" });
  const running = source.createRun(headerOf(sampleRun()));

  const outcome = target.merge(source);
  assert.deepEqual(outcome.imported.toSorted(), [...ids, failed].toSorted());
  assert.deepEqual([outcome.duplicates, outcome.running], [[], [running]]);
  for (const runId of outcome.imported) {
    assert.deepEqual(runDocument(target, runId), runDocument(source, runId));
    const { layerComponents } = target.getRunSummary(runId)!;
    assert.deepEqual(layerComponents, source.getRunSummary(runId)!.layerComponents);
  }
  const again = target.merge(source);
  assert.deepEqual([again.imported, again.duplicates.length], [[], 3]);
  assert.equal(target.countRuns(), 4);
  assert.equal(target.getRun(own)!.status, "complete");
  assert.deepEqual(query(scene.path, "PRAGMA foreign_key_check"), []);
});

Deno.test("importRun() reads back what was exported, through text", () => {
  using source = ProfileDatabase.open(":memory:");
  using target = ProfileDatabase.open(":memory:");
  const document = runDocument(source, storeRichRun(source));
  assert.equal(target.importRun(JSON.parse(JSON.stringify(document))), true);
  assert.equal(target.importRun(document), false);
  assert.deepEqual(runDocument(target, "last"), document);
});

Deno.test("importRun() refuses what is no whole run, in one line, and keeps nothing of it", () => {
  using source = ProfileDatabase.open(":memory:");
  using target = ProfileDatabase.open(":memory:");
  const whole = runDocument(source, storeRichRun(source));
  const changed = (change: (document: Record<string, unknown> & RunDocument) => void) => {
    const copy = structuredClone(whole) as Record<string, unknown> & RunDocument;
    change(copy);
    return copy;
  };
  const bad: unknown[] = [
    null,
    7,
    "text",
    [],
    {},
    { format: "tokenwatt-run", version: 2, run: whole.run },
    { format: "tokenwatt-run", version: 1 },
    changed((d) => d.run.runId = "../../etc/passwd"),
    changed((d) => d.run.status = "running"),
    changed((d) => d.run.status = "done" as "complete"),
    changed((d) => delete (d as Partial<RunDocument>).components),
    changed((d) => d.components[0]!.tokenIndex = 99),
    changed((d) => d.layers[0]!.layer = 4095),
    changed((d) => d.layers[0]!.durationMs = "long" as unknown as number),
    changed((d) => d.run.trace.samples[0]!.endMs = NaN),
    changed((d) => d.rawPower[0]!.gzip = "?"),
    changed((d) => d.run.power = null as unknown as RunDocument["run"]["power"]),
  ];
  for (const [i, document] of bad.entries()) {
    assert.throws(() => target.importRun(document as RunDocument), (error) => {
      assert.ok(error instanceof InputError, `${i}: ${error}`);
      assert.match(error.message, /^Cannot import the run.*; \w/);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
    assert.equal(target.countRuns(), 0, `${i}`);
    assert.equal(target.stats().tokens, 0, `${i}`);
  }
});
