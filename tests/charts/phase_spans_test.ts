import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { phaseShades, phaseWishes } from "../../lib/charts/phase_spans.ts";
import { makeRun } from "./runs.ts";

function scaleOf(run: ReturnType<typeof makeRun>, pxPerMs: number) {
  const startMs = run.trace.samples[0]?.startMs ?? 0;
  return { startMs, endMs: startMs + 20_000, left: 0, pxPerMs };
}

Deno.test("phaseShades() leaves idle time unshaded and shades phases apart where they can be seen", () => {
  const run = makeRun({ repetitions: 2, tokens: 40, tokenMs: 40, prefillMs: 420 });
  const shades = phaseShades(run.trace.phases, scaleOf(run, 0.1));
  deepStrictEqual(shades.map(({ shade }) => shade), [
    "other",
    "other",
    "prefill",
    "decode",
    "prefill",
    "decode",
  ]);
});

Deno.test("phaseShades() shades repetitions as one where each is a few px", () => {
  const run = makeRun();
  const shades = phaseShades(run.trace.phases, scaleOf(run, 0.03));
  deepStrictEqual(shades.map(({ shade }) => shade), ["other", "other", "decode"]);
});

Deno.test("phaseWishes() joins many repetitions in one label of their means", () => {
  const run = makeRun({ repetitions: 14, prefillMs: 11, tokens: 64, tokenMs: 3 });
  const wishes = phaseWishes(run.trace.phases, scaleOf(run, 0.05), 11);
  const joined = wishes.find(({ key }) => key === "repetitions");
  strictEqual(joined?.lines[0], "14 repetitions");
  strictEqual(joined.lines[1], "each 200 ms · 1,346 mJ");
});

Deno.test("phaseWishes() says in numbers what each phase of a repetition takes if there is room", () => {
  const run = makeRun({ repetitions: 3 });
  const wishes = phaseWishes(run.trace.phases, scaleOf(run, 0.6), 11);
  const joined = wishes.find(({ key }) => key === "repetitions");
  ok(
    joined?.lines[1].startsWith("each prefill 11.0 ms · 99.0 mJ, decode 202 ms"),
    joined?.lines[1],
  );
});

Deno.test("phaseWishes() says so where energy was not measured", () => {
  const run = makeRun({ repetitions: 1, energies: "null" });
  const decode = phaseWishes(run.trace.phases, scaleOf(run, 0.05), 11).find((w) =>
    w.key === "decode"
  );
  strictEqual(decode?.lines[1], "202 ms · mJ not measured");
});
