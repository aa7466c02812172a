import assert from "node:assert/strict";
import { generate, type GenerateOptions } from "../../../lib/inference/mod.ts";
import { loadModel, type Model } from "../../../lib/model/mod.ts";
import {
  activationAt,
  LayerProfiler,
  type LayerTiming,
  tapTokens,
} from "../../../lib/profile/mod.ts";
import type { TokenEvent } from "../../../lib/record.ts";

const PROMPT = "Once upon a time";
const load = () => loadModel("models/tinytales");

async function answer(
  model: Model,
  maxNewTokens: number,
  options: GenerateOptions = {},
): Promise<TokenEvent[]> {
  return await Array.fromAsync(
    generate(model, PROMPT, { maxNewTokens, ignoreEos: true, threads: 1, ...options }),
  );
}

/** Sum of durations by `generation:tokenIndex`. */
function sums(timings: readonly LayerTiming[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { generation, tokenIndex, durationMs } of timings) {
    const key = `${generation}:${tokenIndex}`;
    found.set(key, (found.get(key) ?? 0) + durationMs);
  }
  return found;
}

const indices = (timings: readonly LayerTiming[]) => [...sums(timings).keys()];

Deno.test("LayerProfiler.timings() adds up to each token's duration, to the bit", async () => {
  const model = await load();
  using profiler = new LayerProfiler(model).attach();
  const events = await answer(model, 5);
  const timings = profiler.timings();
  assert.deepEqual(
    sums(timings),
    new Map(events.map(({ index, startMs, endMs }) => [`0:${index}`, endMs - startMs])),
  );
  assert.ok(timings.every(({ durationMs }) => durationMs >= 0));
  for (let layer = 0; layer < 6; layer++) {
    const components = new Set(
      timings.filter((timing) => timing.layer === layer).map(({ component }) => component),
    );
    for (const one of ["q_proj", "attention", "o_proj", "up_proj", "down_proj", "activation"]) {
      assert.ok(components.has(one), `layer ${layer} has no ${one}`);
    }
  }
  assert.ok(profiler.overhead! > 1);
  assert.deepEqual(profiler.warnings, []);
});

Deno.test("LayerProfiler leaves the answer as it is", async () => {
  const model = await load();
  const plain = await answer(model, 12);
  using _profiler = new LayerProfiler(model).attach();
  const profiled = await answer(model, 12);
  assert.deepEqual(
    profiled.map(({ id, text }) => [id, text]),
    plain.map(({ id, text }) => [id, text]),
  );
});

Deno.test("LayerProfiler.attach() twice is once, detach() keeps what was seen", async () => {
  const model = await load();
  using profiler = new LayerProfiler(model);
  await answer(model, 2);
  assert.deepEqual(profiler.timings(), []);
  assert.equal(profiler.overhead, null);
  profiler.attach().attach();
  await answer(model, 2);
  profiler.detach();
  profiler.detach();
  assert.equal(profiler.isAttached, false);
  await answer(model, 3);
  assert.deepEqual(indices(profiler.timings()), ["0:0", "0:1"]);
  profiler.attach();
  await answer(model, 1);
  assert.deepEqual(indices(profiler.timings()), ["0:0", "0:1", "1:0"]);
});

Deno.test("LayerProfiler.timings() gives the same when asked again", async () => {
  const model = await load();
  using profiler = new LayerProfiler(model).attach();
  await answer(model, 3);
  const first = profiler.timings();
  assert.deepEqual(profiler.timings(), first);
  assert.deepEqual(await profiler.timings(), first);
});

Deno.test("LayerProfiler.timings() within an answer, after each token", async () => {
  const model = await load();
  const plain = await answer(model, 6);
  using profiler = new LayerProfiler(model).attach();
  const ids: number[] = [];
  for await (const token of generate(model, PROMPT, { maxNewTokens: 6, threads: 1 })) {
    ids.push(token.id);
    assert.equal(sums(profiler.timings()).size, token.index + 1);
  }
  assert.deepEqual(ids, plain.map(({ id }) => id));
  assert.equal(sums(profiler.timings()).size, 6);
});

Deno.test("LayerProfiler.reset() forgets, also within an answer", async () => {
  const model = await load();
  using profiler = new LayerProfiler(model).attach();
  await answer(model, 3);
  profiler.reset();
  assert.deepEqual(profiler.timings(), []);
  for await (const token of generate(model, PROMPT, { maxNewTokens: 5, threads: 1 })) {
    if (token.index === 2) profiler.reset();
  }
  assert.deepEqual(indices(profiler.timings()), ["0:3", "0:4"]);
});

Deno.test("LayerProfiler keeps what an answer left early or broken off had", async () => {
  const model = await load();
  using profiler = new LayerProfiler(model).attach();
  for await (const token of generate(model, PROMPT, { threads: 1 })) {
    if (token.index === 1) break;
  }
  const stop = new AbortController();
  await assert.rejects(async () => {
    for await (const token of generate(model, PROMPT, { threads: 1, signal: stop.signal })) {
      if (token.index === 2) stop.abort(new Error("enough"));
    }
  }, /enough/);
  await assert.rejects(answer(model, 0));
  await answer(model, 1);
  assert.deepEqual(indices(profiler.timings()), ["0:0", "0:1", "1:0", "1:1", "1:2", "2:0"]);
});

Deno.test("Two LayerProfilers do not mix: on one model, and on two", async () => {
  const [model, other] = [await load(), await load()];
  using first = new LayerProfiler(model).attach();
  await answer(model, 1);
  using second = new LayerProfiler(model).attach();
  using third = new LayerProfiler(other).attach();
  await answer(model, 2);
  second.detach();
  await answer(model, 1);
  await answer(other, 3);
  first.reset();
  await answer(model, 1);
  assert.deepEqual(indices(first.timings()), ["0:0"]);
  assert.deepEqual(indices(second.timings()), ["0:0", "0:1"]);
  assert.deepEqual(indices(third.timings()), ["0:0", "0:1", "0:2"]);
});

Deno.test("LayerProfiler keeps answers apart that are generated at once", async () => {
  const model = await load();
  using profiler = new LayerProfiler(model).attach();
  const one = generate(model, PROMPT, { maxNewTokens: 3, threads: 1 });
  const two = generate(model, "The", { maxNewTokens: 2, threads: 1 });
  const events: [number, TokenEvent][] = [];
  for (const [generation, stream] of [[0, one], [1, two], [0, one], [1, two], [0, one]] as const) {
    events.push([generation, (await stream.next()).value!]);
  }
  await one.return();
  await two.return();
  assert.deepEqual(
    [...sums(profiler.timings())].sort(),
    events.map(([g, { index, startMs, endMs }]) => [`${g}:${index}`, endMs - startMs]).sort(),
  );
});

Deno.test("LayerProfiler is disposed of either way, and leaves no files", async () => {
  const model = await load();
  const left = () =>
    [...Deno.readDirSync(temporary)].filter(({ name }) =>
      name.startsWith(`tokenwatt-profile-${Deno.pid}-`)
    );
  const probe = Deno.makeTempDirSync();
  const temporary = probe.slice(0, probe.lastIndexOf("/"));
  Deno.removeSync(probe);
  {
    await using profiler = new LayerProfiler(model).attach();
    await answer(model, 1);
    assert.ok(profiler.timings().length > 0);
    assert.deepEqual(left(), []);
  }
  const gone = new LayerProfiler(model).attach();
  {
    using _gone = gone;
  }
  await answer(model, 1);
  assert.deepEqual(gone.timings(), []);
  assert.equal(gone.isAttached, false);
});

Deno.test("LayerProfiler does not see a session of the caller's own", async () => {
  const { openSession } = await import("../../../lib/inference/mod.ts");
  const model = await load();
  using profiler = new LayerProfiler(model).attach();
  await using session = await openSession(model, { threads: 1 });
  await answer(model, 2, { session });
  assert.deepEqual(profiler.timings(), []);
});

Deno.test("LayerProfiler gives activation statistics of each component, as tapTokens() does", async () => {
  const model = await load();
  using profiler = new LayerProfiler(model).attach();
  const prompt = model.tokenizer.encode(PROMPT);
  const events = await answer(model, 3);
  const { activations } = await tapTokens(model, {
    ids: [...prompt, ...events.map(({ id }) => id)],
    promptLength: prompt.length,
    threads: 1,
  });
  const timings = profiler.timings();
  for (const { tokenIndex, layer, component, activation } of timings) {
    assert.deepEqual(activation, activationAt(activations, tokenIndex, layer, component));
  }
  const known = timings.filter(({ activation }) => activation !== null);
  assert.ok(known.length > 3 * 6 * 8, `${known.length}`);
  assert.ok(timings.some(({ component, activation }) => component === "gaps" && !activation));
});

Deno.test("Two LayerProfilers on one model take statistics each by its own options", async () => {
  const model = await load();
  using none = new LayerProfiler(model, { activations: false }).attach();
  using fine = new LayerProfiler(model).attach();
  using coarse = new LayerProfiler(model, { activations: "deep", sparsityBelow: 0.5 }).attach();
  await answer(model, 2);
  const sparsity = (profiler: LayerProfiler) =>
    profiler.timings().flatMap(({ activation }) => activation?.sparsity ?? []);
  assert.deepEqual(sparsity(none), []);
  assert.ok(Math.max(...sparsity(fine)) < 0.2);
  assert.ok(Math.max(...sparsity(coarse)) > 0.5);
  assert.deepEqual(fine.deep(), []);
  assert.equal(coarse.deep().length, 1);
  assert.equal(coarse.deep()[0]!.tokens, 2);
});
