import assert from "node:assert/strict";
import { join } from "node:path";
import { messagesIn, readFindingKinds, readMessages } from "../../tasks/docs/messages.ts";
import { stalePages } from "../../tasks/docs/pages.ts";
import { runDeno } from "../../tasks/test/command.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

Deno.test("deno task docs --check: docs/ holds what the source says", async () => {
  const task = await runDeno(["task", "-q", "docs", "--check"], { cwd: ROOT, show: false });
  assert.equal(task.code, 0, `run \`deno task docs\` and commit what it wrote\n${task.text}`);
  assert.equal(task.text, "");
});

Deno.test("stalePages() names what differs from the source", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/lib/a`, { recursive: true });
    await Promise.all(["tasks", "setup"].map((name) => Deno.mkdir(`${root}/${name}`)));
    await Deno.writeTextFile(`${root}/lib/a/mod.ts`, "/** A. */\n");
    await Deno.writeTextFile(`${root}/mod.ts`, "/** One. */\nexport const one = 1;\n");
    const stale = await stalePages(root);
    assert.ok(stale.includes("docs/images/rooms.svg") && stale.includes("docs/messages.md"));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("docs/troubleshooting.md explains every kind of finding, and no other", async () => {
  const text = await Deno.readTextFile(join(ROOT, "docs/troubleshooting.md"));
  const explained = [...text.matchAll(/^\| `([a-z-]+)`/gm)].map(([, kind = ""]) => kind);
  assert.deepEqual(explained.toSorted(), (await readFindingKinds(ROOT)).toSorted());
});

Deno.test("readMessages() finds an error of every folder that makes some", async () => {
  const messages = await readMessages(ROOT);
  assert.ok(messages.length > 200, `${messages.length}`);
  const has = (place: string, words: RegExp) =>
    messages.some((one) => one.place === place && words.test(`${one.problem}; ${one.remedy}`));
  assert.ok(
    has("lib/power", /^Cannot start powermetrics: sudo asks for a password; run `deno task/),
  );
  assert.ok(has("lib/model", /holds no \.onnx file; pass a folder with model\.onnx/));
  assert.ok(has("tasks", /^Cannot compare both named arms and --by; pass one of them$/));
});

Deno.test("messagesIn() reads strings, templates, sums and constants, and blanks the rest", () => {
  const call = "new InputError";
  const source = `
    const REMEDY = "use " +
      "one";
    throw ${call}(\`Cannot read "\${path("}", \`a\${b}\`)}": it is \${x ? "no" : "a"} file\`, {
      cause, // a reason, "quoted"
      remedy: "pass " + \`\${what}, or \` + REMEDY,
    });
    throw ${call}("It isn't \\"there\\"", { remedy: isIt ? "yes" : "no" });
    throw ${call}(problem, { remedy });
    /**
     * throw ${call}("an example", { remedy: "none" });
     */`;
  assert.deepEqual(messagesIn(source, "lib/x"), [
    {
      place: "lib/x",
      problem: 'Cannot read "…": it is … file',
      remedy: "pass …, or use one",
    },
    { place: "lib/x", problem: 'It isn\'t "there"', remedy: "…" },
  ]);
});
