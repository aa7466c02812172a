import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ALL, NAMES } from "../../tasks/bench/choice.ts";
import type { Report } from "../../tasks/bench/report.ts";
import { markdownFiles } from "../docs/markdown_files.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = `${ROOT}.cache/bench`;

/** The task with its own flags, but the root's packages: the gate is not to download the peers. */
async function bench(...args: string[]) {
  Deno.mkdirSync(CACHE, { recursive: true });
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const [, , ...flags] = (tasks.bench as string).split(" && ")[1]!
    .replace("tasks/bench/deno.json", "deno.json").split(" ");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, ...args],
    cwd: ROOT,
    env: { TMPDIR: CACHE, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("deno task bench measures one of each kind with its own flags, and --json is one document", async () => {
  const names = ["nothing", "parse-plistlib", "attribution"];
  const [first, ...others] = names;
  const chosen = ["--only", first!, "--only", others.join(","), "--model", "tinytales"];
  const { code, stdout, stderr } = await bench(...chosen, "--quick", "--minutes", "0.05", "--json");
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout) as Report;
  const [decoding, work, duration] = [
    report.comparisons[0],
    report.works[0] ?? report.leftOut[0],
    report.durations[0],
  ];
  assert.deepEqual([decoding, work, duration].map((one) => one?.measure), names);
  assert.equal(decoding?.model, "tinytales");
  assert.ok(decoding.ratio.median > 0 && decoding.baseMs > 0, "decoding was timed");
  assert.ok(duration!.ms.median > 0 && duration!.budgetMs === 200);
  assert.ok(report.machine.logicalCpus > 0 && report.commit !== undefined);
});

Deno.test("deno task bench refuses to measure nothing, and asks what was meant", async () => {
  const none = await bench("--only", "zeus", "--model", "tinytales");
  assert.deepEqual([none.code, none.stdout], [2, ""]);
  assert.match(none.stderr, /^error: Cannot measure zeus with tinytales.*--model.*\n$/);
  const misspelt = await bench("--only", "telemtery");
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.stderr, /Did you mean telemetry\?/);
});

Deno.test("deno task bench --list names every measure once, with what it measures", async () => {
  const { code, stdout } = await bench("--list", "--json");
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), ALL);
  assert.equal(new Set(NAMES).size, NAMES.length);
  const table = (await bench("--list")).stdout;
  for (const { name, title } of ALL) {
    assert.match(table, new RegExp(`^${name} +`, "m"));
    assert.ok(table.includes(title) && !title.includes("undefined"), title);
  }
});

Deno.test("every measure that docs name is one, and every measure is explained", async () => {
  const pages = await markdownFiles(ROOT);
  const asked = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/deno\s+task\s+bench[^`\n]*?--only[\s=]+([\w,-]+)/g)].flatMap(([, names]) =>
      names!.split(",").map((name) => ({ path, name }))
    )
  );
  assert.ok(asked.length > 5, `${asked.length} were found`);
  for (const { path, name } of asked) assert.ok(NAMES.includes(name), `${path}: ${name}`);
  const { text } = pages.find(({ path }) => path.endsWith("docs/benchmarks.md"))!;
  for (const name of NAMES) assert.ok(text.includes(`\`${name}\``), `${name} is not explained`);
});
