import { ok, strictEqual } from "node:assert/strict";
import { escapeHtml, shortened, visibleText } from "../lib/safe_text.ts";

Deno.test("visibleText() shows control characters, keeps line feeds", () => {
  strictEqual(visibleText("a\u0000\u001b[31m\tb\nc\r\u007f"), "a␀␛[31m␉b\nc␍␡");
  strictEqual(visibleText("\u009b2J"), "⟨U+009B⟩2J");
});

Deno.test("visibleText() names what reorders or hides text", () => {
  strictEqual(visibleText("safe\u202etxt.exe\u2066"), "safe⟨U+202E⟩txt.exe⟨U+2066⟩");
  strictEqual(visibleText("a\u200bb\ufeff"), "a⟨U+200B⟩b⟨U+FEFF⟩");
});

Deno.test("visibleText() replaces lone surrogates and keeps families and accents", () => {
  strictEqual(visibleText("\ud83dx\udc00"), "\ufffdx\ufffd");
  strictEqual(visibleText("👩‍👩‍👧 naïve 日本"), "👩‍👩‍👧 naïve 日本");
});

Deno.test("escapeHtml() leaves no markup and no way out of an attribute", () => {
  strictEqual(escapeHtml(`<script>"'&`), "&lt;script&gt;&quot;&#39;&amp;");
});

Deno.test("escapeHtml() bears a line of a megabyte", () => {
  const escaped = escapeHtml("<".repeat(1 << 20));
  strictEqual(escaped.length, 4 << 20);
});

Deno.test("shortened() leaves out the middle only where text is too long", () => {
  strictEqual(shortened("abc", 3), "abc");
  const short = shortened("a".repeat(50) + "b".repeat(50), 10);
  strictEqual(short, "aaaaa … bbbbb");
  ok(short.length < 20);
});
