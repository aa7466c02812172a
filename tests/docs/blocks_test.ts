import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks, commandsInText } from "../../tasks/docs/code_blocks.ts";
import { argumentCheck } from "../../tasks/docs/command_check.ts";
import { shellCommands } from "../../tasks/docs/shell_words.ts";
import { markdownFiles } from "./markdown_files.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const FILES = await markdownFiles(ROOT);

/** Programs of others that the docs name. What is not in this list is a mistake, or belongs here. */
const FOREIGN = ["sudo", "pip", "optimum-cli", "brew", "npm", "git", "cd", "curl", "caffeinate"];

/** What a fence may say: sh is parsed, ts runs, ts ignore is type-checked, others are data. */
const TAGS = ["sh", "ts", "ts ignore", "text", "json", "yaml", "sql"];

Deno.test("every fenced block of the docs says what it is", () => {
  for (const { path, text } of FILES) {
    for (const { tag, line } of codeBlocks(text)) {
      assert.ok(TAGS.includes(tag), `${path}:${line} is tagged "${tag}"; use ${TAGS.join(", ")}`);
    }
  }
});

Deno.test("every command in the docs is one that its task takes", async () => {
  const check = await argumentCheck(ROOT);
  const foreign = new Set<string>();
  const problems: string[] = [];
  let parsed = 0;
  const take = async (where: string, name: string, args: readonly string[]) => {
    const problem = await check(name, args);
    if (problem !== null) problems.push(`${where}: ${problem}`);
    parsed++;
  };
  for (const { path, text } of FILES) {
    const blocks = codeBlocks(text).filter(({ tag }) => tag === "sh");
    for (const words of blocks.flatMap((block) => shellCommands(block.text))) {
      const [program, ...args] = withoutPrefix(words);
      const shown = `${path}: ${words.join(" ")}`;
      if (program === "deno" && args[0] === "task") {
        await take(shown, args[1] ?? "", args.slice(2));
      } else if (program === "deno") {
        const file = args.find((arg) => arg.endsWith(".ts"));
        assert.ok(
          file === undefined || /^[A-Z]+\./.test(file) || existsSync(join(ROOT, file)),
          shown,
        );
      } else {
        assert.ok(FOREIGN.includes(program ?? ""), `${shown}: no program that is known here`);
        foreign.add(program!);
      }
    }
    for (const command of commandsInText(text)) {
      for (const [, , name = "", ...args] of shellCommands(command)) {
        // In running text a task may be named without what it needs, or with what is left open.
        if (args.length === 0 || args.includes("…")) args.splice(0, args.length, "--help");
        await take(`${path}: ${command}`, name, args);
      }
    }
  }
  assert.deepEqual(problems, []);
  assert.ok(parsed > 50, `only ${parsed} commands were found`);
  console.log(`${parsed} commands parsed; not ours: ${[...foreign].sort().join(", ")}`);
});

Deno.test("argumentCheck() refuses unknown tasks, flags and values, and runs nothing", async () => {
  const check = await argumentCheck(ROOT);
  assert.equal(await check("profile", ["--depth", "component", "Hello"]), null);
  assert.equal(await check("delete", ["last", "--yes", "--db", "never.db"]), null);
  assert.match(await check("proflie", []) ?? "", /no task proflie/);
  assert.match(await check("profile", ["--dept", "component"]) ?? "", /unknown option '--dept'/);
  assert.match(await check("profile", ["--depth", "atom"]) ?? "", /Allowed choices/);
  assert.match(await check("search", []) ?? "", /missing required argument/);
});

Deno.test("shellCommands() reads quotes, comments, pipes and where output goes", () => {
  assert.deepEqual(shellCommands(`A=1 run 'a b' "c"d \\\n  -e # note\n\nx > f && y 2> e | z; w`), [
    ["A=1", "run", "a b", "cd", "-e"],
    ["x"],
    ["y"],
    ["z"],
    ["w"],
  ]);
  assert.throws(() => shellCommands(`run 'a b`), /Cannot read the rest/);
});

Deno.test("codeBlocks() and commandsInText() tell blocks from text", () => {
  const text = "Run `deno\ntask show last`.\n\n```sh\ndeno task runs # `deno task no`\n```\n";
  assert.deepEqual(commandsInText(text), ["deno task show last"]);
  assert.deepEqual(codeBlocks(text), [{
    line: 4,
    tag: "sh",
    text: "deno task runs # `deno task no`\n",
  }]);
  assert.throws(() => codeBlocks("a\n```sh\nb"), /line 2 has no end/);
});

/** Without settings before a command (`NAME=value`), and without what fetches Deno. */
function withoutPrefix(words: readonly string[]): string[] {
  const rest = words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word)));
  return rest[0] === "npx" && rest[1] === "-y" ? rest.slice(2) : rest;
}
