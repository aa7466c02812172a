import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { htmlReport } from "../../lib/report/mod.ts";
import { embeddedJson } from "../../lib/report/policy.ts";
import { markupOf, refuse, richRun } from "./reports.ts";

Deno.test("the policy of a page names each of its styles and scripts by hash, and nothing else", async () => {
  const html = await htmlReport({ run: richRun() });
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  const hashes = (tag: string) =>
    [...html.matchAll(new RegExp(`<${tag}(?: type="module")?>([^]*?)</${tag}>`, "g"))]
      .map(([, text]) => `'sha256-${createHash("sha256").update(text!).digest("base64")}'`);
  assert.equal(hashes("style").length, 1);
  assert.equal(hashes("script").length, 4);
  assert.equal(
    policy,
    `default-src 'none'; style-src ${hashes("style").join(" ")}; script-src ${
      hashes("script").join(" ")
    }; img-src data:; base-uri 'none'; form-action 'none'`,
  );
  // What a policy by hash does not let through, and would complain about.
  const markup = markupOf(html);
  refuse(markup, /<[^>]*\s(style|on\w+)=/);
  refuse(markup, /(src|href)="(?!#|data:image\/png)/);
  refuse(html, /https?:\/\/(?!www\.w3\.org\/2000\/svg")/);
});

Deno.test("embeddedJson() is JSON that holds no markup and no line that ends a script", () => {
  const value = { "</script>": ["<!--<script>", "a\u2028b\u2029&amp;", "\ud800", null, 1.5] };
  const text = embeddedJson(value);
  assert.doesNotMatch(text, /[<>&\u2028\u2029]/);
  assert.ok(text.isWellFormed());
  assert.deepEqual(JSON.parse(text), value);
});
