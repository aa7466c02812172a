import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { madeOnce } from "../../tasks/bench/made_once.ts";

Deno.test("madeOnce() fills a folder once, again when a source is another, and never in part", async () => {
  const scratch = Deno.makeTempDirSync({ prefix: "tokenwatt-made-" });
  const source = join(scratch, "source", "deep.txt");
  Deno.mkdirSync(join(scratch, "source"));
  Deno.writeTextFileSync(source, "");
  const name = `test-${crypto.randomUUID()}`;
  const sources = [pathToFileURL(`${scratch}/source/`)];
  let filled = 0;
  const make = (fails = false) =>
    madeOnce(name, sources, (folder) => {
      Deno.writeTextFileSync(join(folder, "content"), `${++filled}`);
      if (fails) throw new Error("killed");
    });
  const folder = await make();
  try {
    await make();
    assert.equal(filled, 1);
    Deno.utimeSync(source, Date.now() / 1000 + 60, Date.now() / 1000 + 60);
    await make();
    assert.equal(filled, 1, "what is in it counts, not its time: a checkout touches every file");
    Deno.writeTextFileSync(source, "other");
    await assert.rejects(make(true), /killed/);
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound, "half of it is not taken for it");
    await make();
    assert.equal(Deno.readTextFileSync(join(folder, "content")), "3");
    await assert.rejects(Deno.stat(`${folder}.incoming`), Deno.errors.NotFound);
  } finally {
    Deno.removeSync(folder, { recursive: true });
    Deno.removeSync(scratch, { recursive: true });
  }
});
