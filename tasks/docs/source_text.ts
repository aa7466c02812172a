/**
 * Reads calls and object literals out of TypeScript source without a parser: enough for messages,
 * which are strings, templates, and those joined by `+`.
 *
 * @module
 */

/** What stands for a part of a message that is only known when it is said. */
export const BLANK = "…";

/**
 * The parts of a bracket's content that commas separate, from the place after the opening bracket
 * up to the closing one.
 */
export function partsFrom(source: string, start: number): string[] {
  const parts: string[] = [];
  let from = start;
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const sign = source[at]!;
    if (source.startsWith("//", at)) at = source.indexOf("\n", at);
    else if (sign === '"' || sign === "'" || sign === "`") at = endOfString(source, at);
    else if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) {
      if (depth === 0) return [...parts, source.slice(from, at)].map((part) => part.trim());
      depth--;
    } else if (sign === "," && depth === 0) {
      parts.push(source.slice(from, at));
      from = at + 1;
    }
  }
  return parts;
}

/**
 * The text of an expression, with {@linkcode BLANK} for what is computed. Names are looked up among
 * the constants of the same file.
 */
export function textOf(expression: string, source: string): string {
  const terms = termsOf(expression).map((term) => {
    if (/^["']/.test(term)) return unescaped(term.slice(1, -1));
    if (term.startsWith("`") && endOfString(term, 0) === term.length - 1) {
      return unescaped(blanked(term.slice(1, -1)));
    }
    const constant = /^\w+$/.test(term)
      ? new RegExp(`\\bconst ${term}(?:: string)? =\\s*([^;]+);`).exec(source)?.[1]
      : undefined;
    return constant === undefined || constant === term ? BLANK : textOf(constant, source);
  });
  return terms.join("").replaceAll(/…+/g, BLANK);
}

// The terms of a sum; an expression with a choice in it is one term that nobody can read ahead.
function termsOf(expression: string): string[] {
  const terms: string[] = [];
  let from = 0;
  let depth = 0;
  for (let at = 0; at < expression.length; at++) {
    const sign = expression[at]!;
    if (sign === '"' || sign === "'" || sign === "`") at = endOfString(expression, at);
    else if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    else if (depth === 0 && sign === "?") return [expression];
    else if (depth === 0 && sign === "+") {
      terms.push(expression.slice(from, at));
      from = at + 1;
    }
  }
  return [...terms, expression.slice(from)].map((term) => term.trim());
}

function endOfString(source: string, start: number): number {
  const quote = source[start]!;
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (quote === "`" && source.startsWith("${", at)) at = endOfBlank(source, at + 2);
    else if (source[at] === quote) return at;
  }
  return source.length;
}

function endOfBlank(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const sign = source[at]!;
    if (sign === '"' || sign === "'" || sign === "`") at = endOfString(source, at);
    else if (sign === "{") depth++;
    else if (sign === "}" && depth-- === 0) return at;
  }
  return source.length;
}

function blanked(template: string): string {
  let text = "";
  for (let at = 0; at < template.length; at++) {
    if (template.startsWith("${", at)) {
      at = endOfBlank(template, at + 2);
      text += BLANK;
    } else if (template[at] === "\\") text += template.slice(at, ++at + 1);
    else text += template[at];
  }
  return text;
}

function unescaped(text: string): string {
  return text.replaceAll("\\n", " ").replaceAll(/\\(.)/g, "$1");
}
