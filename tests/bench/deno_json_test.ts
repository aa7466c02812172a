import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

async function importsOf(path: string): Promise<Record<string, string>> {
  return JSON.parse(await Deno.readTextFile(new URL(path, ROOT))).imports;
}

Deno.test("the benchmark runs on the packages that the tool runs on, and on its peers", async () => {
  const {
    "@huggingface/transformers": peer,
    "@tokenwatt/tokenwatt": own,
    plist,
    ...shared
  } = await importsOf("tasks/bench/deno.json");
  assert.match(peer!, /^npm:@huggingface\/transformers@\d+\.\d+\.\d+$/);
  assert.match(plist!, /^npm:plist@\d+\.\d+\.\d+$/);
  assert.equal(own, "../../mod.ts");
  assert.deepEqual(shared, await importsOf("deno.json"));
});

Deno.test("no peer is in the root's lock, which every first run fetches", async () => {
  const lock = await Deno.readTextFile(new URL("deno.lock", ROOT));
  for (const peer of ["@huggingface/transformers", "plist@"]) assert.ok(!lock.includes(peer));
});

// With the root's configuration, so that the gate does not download the peer.
Deno.test("deno task bench refuses what it does not know, and has help", async () => {
  const run = async (...args: string[]) => {
    const config = fileURLToPath(new URL("deno.json", ROOT));
    const main = fileURLToPath(new URL("tasks/bench/main.ts", ROOT));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "--no-prompt",
        "-A",
        "--config",
        config,
        main,
        ...args,
      ],
    }).output();
    return {
      code,
      text: new TextDecoder().decode(code === 0 ? stdout : stderr),
    };
  };
  const help = await run("--help");
  assert.equal(help.code, 0);
  assert.match(help.text, /Examples:[\s\S]*deno task bench/);
  for (
    const args of [["--only", "speed"], ["--threads", "0"], [
      "--write",
      "--quick",
    ]]
  ) {
    const { code, text } = await run(...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(text, /^error: .*\n$/);
  }
});
