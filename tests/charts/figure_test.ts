import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { Figure } from "../../lib/charts/mod.ts";
import { InputError } from "../../lib/errors.ts";

function hostile(onDraw: () => void = () => {}): Figure {
  const text = `<script>alert(1)</script>"'\u202e\u001b[31m\ud800`;
  return new Figure({
    title: text,
    subtitle: text,
    caption: [text, text],
    alt: text,
    width: 400,
    draw: () => {
      onDraw();
      return Promise.resolve({ svg: '<path d="M0,0H10" stroke="var(--tw-cpu)"/>', height: 20 });
    },
  });
}

Deno.test("Figure draws on the first request and only once", async () => {
  let drawn = 0;
  const figure = hostile(() => drawn++);
  strictEqual(drawn, 0);
  await figure.toSvg();
  await figure.toHtml();
  strictEqual(drawn, 1);
});

Deno.test("Figure escapes titles, caption and alt text in every form", async () => {
  const figure = hostile();
  for (const markup of [await figure.toSvg(), await figure.toHtml()]) {
    ok(!markup.includes("<script"), markup);
    // deno-lint-ignore no-control-regex -- exactly these must not be there
    ok(!/[\u0000-\u0009\u000b-\u001f\u202e\ud800-\udfff]/.test(markup));
  }
});

Deno.test("Figure.toSvg() stands alone: namespace, light values, dark rules, no variables", async () => {
  const svg = await hostile().toSvg();
  ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"'));
  ok(svg.includes("prefers-color-scheme:dark"));
  ok(svg.includes('stroke="#1876e8"'));
  ok(!svg.includes("var("));
});

Deno.test("Figure.toHtml() carries its style and names the picture", async () => {
  const html = await hostile().toHtml();
  ok(html.includes("<style>") && html.includes("<figcaption") && html.includes('role="img"'));
  ok(!/\b(src|href)=/.test(html), "loads nothing");
});

Deno.test("Figure shows itself in Jupyter as markup and as words", async () => {
  const figure = hostile();
  const display = Reflect.get(figure, Symbol.for("Jupyter.display")) as () => Promise<object>;
  const bundle = await display.call(figure);
  deepStrictEqual(bundle, { "text/html": await figure.toHtml(), "text/plain": figure.alt });
});

Deno.test("Figure.save() writes SVG and HTML and refuses other names", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const figure = hostile();
    await figure.save(`${folder}/a.svg`);
    strictEqual(await Deno.readTextFile(`${folder}/a.svg`), await figure.toSvg());
    await figure.save(new URL(`file://${folder}/a.HTML`));
    ok((await Deno.readTextFile(`${folder}/a.HTML`)).startsWith("<!doctype html>"));
    await rejects(
      figure.save(`${folder}/a.png`),
      (error: Error) => error instanceof InputError && error.message.includes(".svg or .html"),
    );
    await rejects(figure.save(`${folder}/nowhere/a.svg`), InputError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("importing the room loads neither Plot nor d3 nor linkedom", async () => {
  const door = new URL("../../lib/charts/mod.ts", import.meta.url).href;
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json", door] });
  const graph = JSON.parse(new TextDecoder().decode((await command.output()).stdout));
  interface Import {
    isDynamic?: boolean;
    code?: { specifier: string };
  }
  const modules = new Map<string, Import[]>(
    graph.modules.map((m: { specifier: string; dependencies?: Import[] }) => [
      m.specifier,
      m.dependencies ?? [],
    ]),
  );
  const eager = new Set<string>();
  const visit = (specifier: string) => {
    if (eager.has(specifier)) return;
    eager.add(specifier);
    for (const { isDynamic, code } of modules.get(specifier) ?? []) {
      if (!isDynamic && code !== undefined) visit(code.specifier);
    }
  };
  visit(door);
  ok(eager.size > 5, "the graph was read");
  deepStrictEqual([...eager].filter((name) => !name.startsWith("file:")), []);
});
