import { ok, strictEqual } from "node:assert/strict";
import { liveView } from "../../lib/notebook/mod.ts";
import { liveViewOn } from "../../lib/notebook/live_view.ts";
import { FakeKernel } from "./fake_kernel.ts";

/** So long that no second drawing happens by itself during a test. */
const NEVER = { intervalMs: 3_600_000 };

Deno.test("liveView() draws at once, then holds back what comes too fast", async () => {
  const kernel = new FakeKernel();
  const view = liveViewOn(kernel, NEVER);
  for (let token = 0; token < 1000; token++) view.update({ tokens: token });
  await view.end();
  strictEqual(kernel.sent.length, 2, "the first and the last");
  ok(kernel.sent[1]?.bundle["text/plain"].includes("999 tokens"));
});

Deno.test("liveView() replaces its own output", async () => {
  const kernel = new FakeKernel();
  const view = liveViewOn(kernel, { intervalMs: 0 });
  view.update({ phase: "prefill" });
  view.update({ phase: "decode" });
  await view.end();
  strictEqual(new Set(kernel.sent.map(({ id }) => id)).size, 1);
  strictEqual(kernel.sent[0]?.update, false);
  ok(kernel.sent.slice(1).every(({ update }) => update));
});

Deno.test("liveView() keeps what an update does not mention", async () => {
  const kernel = new FakeKernel();
  const view = liveViewOn(kernel, NEVER);
  view.update({ phase: "decode", text: "Once" });
  view.update({ powerMw: 4200 });
  await view.end();
  const html = kernel.sent.at(-1)?.bundle["text/html"] ?? "";
  ok(html.includes("decode") && html.includes("Once") && html.includes("4.20 W"));
});

Deno.test("liveView() draws a held-back state by itself when its time has come", async () => {
  const kernel = new FakeKernel();
  const view = liveViewOn(kernel, { intervalMs: 5 });
  view.update({ tokens: 1 });
  view.update({ tokens: 2 });
  while (kernel.sent.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  ok(kernel.sent[1]?.bundle["text/plain"].includes("2 tokens"));
  await view.end();
});

Deno.test("liveView().end() puts a figure in place and ignores what comes later", async () => {
  const kernel = new FakeKernel();
  const view = liveViewOn(kernel, NEVER);
  view.update({ tokens: 1 });
  await view.end({ alt: "the chart", toHtml: () => Promise.resolve("<b>chart</b>") });
  view.update({ tokens: 2 });
  await view.end();
  strictEqual(kernel.sent.length, 2);
  strictEqual(kernel.sent[1]?.bundle["text/html"], "<b>chart</b>");
});

Deno.test("liveView() escapes what the model says", async () => {
  const kernel = new FakeKernel();
  await using view = liveViewOn(kernel, NEVER);
  view.update({ text: "<script>alert(1)</script>" });
  await view.end();
  ok(kernel.sent.every(({ bundle }) => !bundle["text/html"].includes("<script")));
});

Deno.test("liveView() does not end the run when the front end fails", async () => {
  const view = liveViewOn({ display: () => Promise.reject(new Error("gone")) }, { intervalMs: 0 });
  view.update({ tokens: 1 });
  view.update({ tokens: 2 });
  await view.end();
});

Deno.test("liveView() does nothing outside of a notebook", async () => {
  const view = liveView();
  view.update({ tokens: 1 });
  await view.end();
});

Deno.test("liveView().follow shows what profile() tells, passed on as it is", async () => {
  const kernel = new FakeKernel();
  const view = liveViewOn(kernel, NEVER);
  const { follow } = view;
  follow({ stage: "baseline", fraction: 0.5, secondsLeft: 3, text: "Once", powerMw: 4200 });
  await view.end();
  const html = kernel.sent.at(-1)?.bundle["text/html"] ?? "";
  ok(html.includes("baseline") && html.includes("Once") && html.includes("4.20 W"));
});
