import assert from "node:assert/strict";
import { renderTemplate } from "../../lib/model/chat_template.ts";

Deno.test("strftime_now() writes dates as Python does, also without leading zeros", () => {
  const written = (format: string) => renderTemplate("x", `{{ strftime_now("${format}") }}`, {});
  const now = new Date();
  assert.equal(written("%Y-%m-%d").length, 10);
  assert.equal(written("%-m %Y"), `${now.getMonth() + 1} ${now.getFullYear()}`);
  assert.equal(written("%-d"), String(Number(written("%d"))));
  assert.equal(written("%-I"), String(Number(written("%I"))));
  assert.equal(written("%% %Q"), "% %Q");
});
