import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { markdownFiles } from "./markdown_files.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const FILES = await markdownFiles(ROOT);
const LINK = /\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

Deno.test("every link of the docs leads to a file, and to a heading of it", () => {
  const problems: string[] = [];
  for (const { path, text } of FILES) {
    for (const [, to = "", heading] of withoutCode(text).matchAll(LINK)) {
      const target = to === "" ? path : normalize(join(dirname(path), to));
      if (!existsSync(join(ROOT, target))) problems.push(`${path}: no ${target}`);
      const page = FILES.find((file) => file.path === target);
      if (heading !== undefined && page !== undefined && !anchorsOf(page.text).has(heading)) {
        problems.push(`${path}: no heading #${heading} in ${target}`);
      }
    }
  }
  assert.deepEqual(problems, []);
});

Deno.test("every file of the source that the docs name is there", () => {
  const named = /`((?:lib|tasks|tests|setup|notebooks)\/[\w./-]+|[\w/]+_test\.ts)`/g;
  // Tests may be named from the folder that they are all in.
  const isThere = (path: string) => ["", "tests"].some((at) => existsSync(join(ROOT, at, path)));
  const problems = FILES.flatMap(({ path, text }) =>
    [...text.matchAll(named)].filter(([, name = ""]) => !isThere(name))
      .map(([, name]) => `${path}: no ${name}`)
  );
  assert.deepEqual(problems, []);
});

Deno.test("docs/README.md leads to every page of docs/", () => {
  const index = FILES.find(({ path }) => path === "docs/README.md")!.text;
  const named = [...index.matchAll(LINK)].map(([, to = ""]) => normalize(join("docs", to)));
  for (const { path } of FILES) {
    if (!path.startsWith("docs/") || path === "docs/README.md") continue;
    assert.ok(named.includes(path), `docs/README.md does not name ${path}`);
  }
});

// As GitHub makes them: lower case, signs left out, blanks to hyphens.
function anchorsOf(markdown: string): Set<string> {
  const headings = [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(/\s/g, "-")
    ),
  );
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^\s*```[^]*?^\s*```/gm, "");
}
