import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { inNotebook } from "../../lib/notebook/mod.ts";
import { showOn } from "../../lib/notebook/show.ts";
import { FakeKernel } from "./fake_kernel.ts";

const FIGURE = { alt: "a dot", toHtml: () => Promise.resolve("<b>dot</b>") };

Deno.test("inNotebook() is false outside of a kernel and does not throw", () => {
  strictEqual(inNotebook(), false);
});

Deno.test("showOn() sends markup and words, then waits until the output is safe", async () => {
  const kernel = new FakeKernel();
  let done = false;
  const shown = showOn(kernel, FIGURE).then(() => done = true);
  // Longer than any chain of promises, shorter than the pause.
  await new Promise((resolve) => setTimeout(resolve, 0));
  deepStrictEqual(kernel.sent.map(({ bundle }) => bundle), [
    { "text/html": "<b>dot</b>", "text/plain": "a dot" },
  ]);
  ok(!done, "the pause comes after the output");
  await shown;
});

Deno.test("show() prints the words where there is no notebook", async () => {
  const code = `import { show } from "${new URL("../../lib/notebook/mod.ts", import.meta.url)}";
    await show({ alt: "a dot", toHtml: () => { throw new Error("drawn for nobody"); } });`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    env: { NO_COLOR: "1" },
  }).output();
  strictEqual(new TextDecoder().decode(stdout), "a dot\n", new TextDecoder().decode(stderr));
});
