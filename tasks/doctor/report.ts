import { visibleText } from "../../lib/safe_text.ts";
import { bold, dim, tableLines, yellow } from "../frame/mod.ts";
import type { Part } from "./part.ts";

/** The report for people: a word tells how each part is, so that no colour is needed. */
export function reportLines(parts: readonly Part[], works: boolean): string[] {
  const rows = tableLines(
    [{ title: "" }, { title: "part" }, { title: "found" }],
    parts.map((part) => [wordFor(part), part.label, line(part.found ?? part.reason ?? "")]),
  );
  const [head = "", ...body] = rows;
  // What is to be read stands at the left edge of the third column.
  const indent = " ".repeat(head.indexOf("found"));
  const lines = body.flatMap((row, index) => {
    const part = parts[index];
    if (part === undefined || part.works) return [row];
    const reason = part.found === null || part.reason === null ? [] : [part.reason];
    const said = [...reason, `→ ${part.remedy}`].map((text) => indent + line(text));
    return part.required ? [row, ...said].map(yellow) : [row, ...said].map(dim);
  });
  return [...lines, "", bold(verdict(parts, works))];
}

function wordFor({ works, required }: Part): string {
  if (works) return "works";
  return required ? "FAILS" : "no";
}

function verdict(parts: readonly Part[], works: boolean): string {
  if (!works) {
    const failing = parts.filter((part) => part.required && !part.works).map(({ label }) => label);
    return `deno task profile cannot run here before this is put right: ${failing.join(", ")}.`;
  }
  const source = parts.find((part) => part.works && part.part.startsWith("power:"));
  return `deno task profile can run here. Power: ${source?.found}.`;
}

function line(text: string): string {
  return visibleText(text).replaceAll("\n", " ");
}
