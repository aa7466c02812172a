/**
 * What a person types becomes an FTS5 expression in which nothing is syntax: words must all occur,
 * `"…"` is a phrase, a trailing `*` a prefix. `null` where nothing is left to look for.
 */
export function searchExpression(text: string): string | null {
  // FTS5 reads its expression up to the first NUL and would miss the closing quote.
  const parts = text.replaceAll("\0", " ").matchAll(/"([^"]*)"?|([^\s"]+)/g);
  const terms: string[] = [];
  for (const [, phrase, word] of parts) {
    const isPrefix = word?.endsWith("*") ?? false;
    const term = phrase ?? word!.replace(/\*+$/, "");
    // A term without a letter or digit has no tokens: FTS5 would let it match nothing at all.
    if (/[\p{L}\p{N}]/u.test(term)) terms.push(`"${term}"${isPrefix ? "*" : ""}`);
  }
  return terms.length === 0 ? null : terms.join(" AND ");
}
