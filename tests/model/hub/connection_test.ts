import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { reasonOf } from "../../../lib/model/hub/failure.ts";
import { endpointOf } from "../../../lib/model/hub/mod.ts";

Deno.test("endpointOf() takes HF_ENDPOINT with and without a path, else the public hub", () => {
  assert.equal(endpointOf(undefined), "https://huggingface.co");
  assert.equal(endpointOf(""), "https://huggingface.co");
  assert.equal(endpointOf("http://127.0.0.1:80/"), "http://127.0.0.1");
  assert.equal(endpointOf("https://mirror.example/hf//"), "https://mirror.example/hf");
});

Deno.test("endpointOf() refuses what is no address, and never repeats what may be a password", () => {
  for (const text of ["mirror", "ftp://a.b", "file:///etc", "https://me:secret@a.b", "https://"]) {
    assert.throws(() => endpointOf(text), (error) => {
      assert.ok(error instanceof InputError);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    }, text);
  }
});

Deno.test("reasonOf() leaves out addresses, as the storage's are signed", async () => {
  const error = await fetch("http://127.0.0.1:1/x?signature=secret").catch((error) => error);
  assert.doesNotMatch(reasonOf(error), /secret|\n/);
  assert.ok(reasonOf(error).length > 5, reasonOf(error));
});
