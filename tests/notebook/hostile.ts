/** Text that attacks who draws it. */
export const HOSTILE = {
  markup: '<script>globalThis.pwned=1</script><img src=x onerror="globalThis.pwned=2">' +
    '<svg onload="globalThis.pwned=3"><a href="javascript:globalThis.pwned=4">x</a></svg>' +
    '\'"></title></style></textarea>--><iframe srcdoc="<script>parent.pwned=5</script>"></iframe>' +
    "[x](javascript:alert(1)) ${alert(1)} {{7*7}} $$\\\\href{javascript:alert(1)}{x}$$",
  /** Characters that must not arrive as they are. */
  hidden: [
    "\u0000",
    "\u0007",
    "\u0008",
    "\u001b",
    "\u009b",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ud800",
  ],
};

/** All of it in one text. */
export const HOSTILE_TEXT = HOSTILE.markup + HOSTILE.hidden.join("·") +
  "\u001b[31m\u001b]0;title\u0007\u001b]8;;http://x\u001b\\\\link\u001b[2J\r\ttab";

/** Draws it wherever a notebook draws text: as prompt, answer, model, label, prompt of a live view. */
export const HOSTILE_CELL = `import { startPower } from "@tokenwatt/tokenwatt";
const text = ${JSON.stringify(HOSTILE_TEXT)};
const megabyte = text + "x".repeat(1_000_000);
const asked = await profile(model, text, {
  source: "estimate", baselineSeconds: 0, minSeconds: 0.3, warmup: 0, maxNewTokens: 4, database,
});
const hostile = {
  ...asked,
  prompt: megabyte,
  response: text,
  model: { ...asked.model, name: text },
  power: { ...asked.power, label: text },
  findings: [{ kind: "gap", severity: "warning", value: 1, unit: text, message: text, remedy: text }],
  tokens: asked.tokens.map((token) => ({ ...token, text })),
};
await show(charts.powerTimeline(hostile));
await show(charts.tokenEnergy(hostile));
const live = liveView();
live.update({ phase: text, prompt: text, text: megabyte, powerMw: 1, label: text });
await live.end();
const session = await startPower({ source: "estimate", baselineSeconds: 0, name: text });
const label = text.slice(0, 180);
await session.measure(label, () => {}, { minSeconds: 0.3 });
const report = await session.stop();
await show(charts.powerTimeline(report));
await print(report.verdict);
await print(text);
await print(megabyte);
await print("the end");`;
