import assert from "node:assert/strict";
import { ALL_COMMANDS } from "../../tasks/commands.ts";
import { publicNames } from "../../tasks/docs/public_names.ts";

const ROOT = new URL("../../", import.meta.url);
const tool = JSON.parse(text("deno.json")) as { tasks: Record<string, string> };

function text(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** README and the pages of docs that people write. */
function* pages(): Generator<[string, string]> {
  yield ["README.md", text("README.md")];
  for (const { name } of Deno.readDirSync(new URL("docs", ROOT))) {
    if (name.endsWith(".md")) yield [`docs/${name}`, text(`docs/${name}`)];
  }
}

async function flagsOf(name: string): Promise<string[]> {
  const { task } = await ALL_COMMANDS[name]!();
  const shown = task.createHelp().visibleOptions(task);
  return shown.flatMap(({ long, short }) => [long, short].filter((one) => one !== undefined));
}

Deno.test("every task of deno.json is a command, and every command is a task", () => {
  const tasks = Object.keys(tool.tasks).filter((name) => name !== "test:long");
  assert.deepEqual(Object.keys(ALL_COMMANDS).toSorted(), tasks.toSorted());
});

Deno.test("docs/commands.md names every command and every flag; deno task docs writes it", async () => {
  const page = text("docs/commands.md");
  for (const name of Object.keys(ALL_COMMANDS)) {
    const section = page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0];
    assert.ok(section, `docs/commands.md lacks ${name}: run deno task docs`);
    for (const flag of await flagsOf(name)) {
      assert.ok(
        section.split(/[\s,]+/).includes(flag),
        `docs/commands.md lacks ${flag} of ${name}: run deno task docs`,
      );
    }
  }
});

Deno.test("every flag that a page gives to a command is one that it has", async () => {
  const wrong: string[] = [];
  for (const [path, page] of pages()) {
    for (const [line, name, rest] of page.matchAll(/\bdeno task ([a-z-]+)([^\n`|&#]*)/g)) {
      if (!Object.hasOwn(ALL_COMMANDS, name!)) continue;
      const flags = await flagsOf(name!);
      for (const [, flag] of rest!.matchAll(/(?<=\s)(--[a-z][a-z-]*|-[a-zA-Z])\b/g)) {
        if (!flags.includes(flag!)) wrong.push(`${path}: ${line}`);
      }
    }
    for (const [, name] of page.matchAll(/`deno task ([a-z-]+)/g)) {
      if (!Object.hasOwn(ALL_COMMANDS, name!) && !Object.hasOwn(tool.tasks, name!)) {
        wrong.push(`${path}: deno task ${name}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("docs/api declares everything that is public, charts too, and lists it", async () => {
  const names = await publicNames(ROOT);
  assert.ok(names.some(({ name }) => name === "charts.sankey"));
  const index = text("docs/api/README.md");
  const missing = names.filter(({ name, room, declaration }) => {
    const page = text(`docs/api/${room}.md`);
    return !index.includes(`- [\`${name}\`](${room}.md#`) || !page.includes(`\n## ${name}\n`) ||
      !page.includes(declaration);
  });
  assert.deepEqual(missing.map(({ name }) => name), [], "run deno task docs");
  const rooms = new Set(["README", ...names.map(({ room }) => room)]);
  const pages = Array.from(Deno.readDirSync(new URL("docs/api", ROOT)), ({ name }) => name);
  assert.deepEqual(pages.sort(), [...rooms].map((room) => `${room}.md`).sort());
});
