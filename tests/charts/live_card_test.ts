import { ok, strictEqual } from "node:assert/strict";
import { liveCard, liveLine } from "../../lib/charts/mod.ts";

Deno.test("liveCard() escapes text, prompt, phase and label", () => {
  const bad = "<img src=x onerror=alert(1)>\u202e\u001b[31m";
  const html = liveCard({ phase: bad, prompt: bad, text: bad, label: bad, powerMw: 1 });
  for (const sign of ["<img", "\u202e", "\u001b"]) ok(!html.includes(sign));
  strictEqual(html.match(/&lt;img src=x/g)?.length, 4);
});

Deno.test("liveCard() shows the end of a long text and stays small", () => {
  const html = liveCard({ text: `${"a".repeat(1 << 20)}THE END` });
  ok(html.includes("THE END") && html.length < 10_000);
});

Deno.test("liveCard() shows nothing for what is not measured", () => {
  const html = liveCard({ phase: "decode", powerMw: null, tokensPerSecond: null });
  ok(!html.includes("tokens/s") && !/\d mW/.test(html));
});

Deno.test("liveCard() draws powers as steps without a broken number", () => {
  const path = /<path d="([^"]+)"/.exec(liveCard({}, [0, 1000, 500, -1]))?.[1] ?? "";
  strictEqual(path, "M0,40.0H60.0V0.0H120.0V20.0H180.0V40.0H240.0");
});

Deno.test("liveLine() is one line of words", () => {
  strictEqual(
    liveLine({ phase: "warm_up", tokens: 3, tokensPerSecond: 312.4, powerMw: 4200, label: "CPU" }),
    "warm-up phase, 3 tokens, 312 tokens/s, 4.20 W CPU",
  );
});
