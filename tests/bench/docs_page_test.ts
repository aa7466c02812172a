import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { replaceBetween } from "../../tasks/bench/docs_page.ts";

const PAGE = "# Title\n\n<!-- bench: begin -->\n\nold\n\n<!-- bench: end -->\n\nafter\n";

Deno.test("replaceBetween() keeps all but what stands between the marks", () => {
  const written = "# Title\n\n<!-- bench: begin -->\n\nnew\n\n<!-- bench: end -->\n\nafter\n";
  assert.equal(replaceBetween(PAGE, "new\n"), written);
  assert.equal(replaceBetween(written, "new\n"), written);
});

Deno.test("replaceBetween() refuses a page without marks, or with them in the wrong order", () => {
  for (const page of ["", "<!-- bench: end -->\n<!-- bench: begin -->\n"]) {
    assert.throws(() => replaceBetween(page, "new\n"), InputError);
  }
});
