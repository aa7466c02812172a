import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { loadModel, modelHash } from "../../lib/model/mod.ts";

const { onnxPath } = await loadModel("models/tinytales");

/** A copy of the shipped model, with the times of the original. */
function copied(folder: string): string {
  Deno.mkdirSync(folder);
  for (const { name } of Deno.readDirSync(dirname(onnxPath))) {
    const [from, to] = [join(dirname(onnxPath), name), join(folder, name)];
    Deno.copyFileSync(from, to);
    const { mtime } = Deno.statSync(from);
    Deno.utimeSync(to, mtime!, mtime!);
  }
  return join(folder, basename(onnxPath));
}

Deno.test("modelHash() is the same for the same files, wherever they are, and tells others apart", () => {
  const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-hash-" });
  try {
    const hash = modelHash(onnxPath);
    assert.match(hash, /^sha256:[0-9a-f]{64}$/);
    assert.equal(modelHash(onnxPath), hash);
    const copy = copied(join(folder, "copy"));
    assert.equal(modelHash(copy), hash, "a copy with its times");
    Deno.utimeSync(copy, 1e9, 1e9);
    assert.notEqual(modelHash(copy), hash, "written at another time");
    const renamed = copied(join(folder, "renamed"));
    const bytes = Deno.readFileSync(renamed);
    const at = new TextDecoder("latin1").decode(bytes).indexOf("q_proj");
    assert.ok(at > 0);
    bytes[at] = "Q".charCodeAt(0);
    const { mtime } = Deno.statSync(renamed);
    Deno.writeFileSync(renamed, bytes);
    Deno.utimeSync(renamed, mtime!, mtime!);
    assert.notEqual(modelHash(renamed), hash, "one letter in the graph, size and time as before");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
