/**
 * Why a cell failed: the Deno kernel shows an error's stack, but not what caused it.
 *
 * @module
 */
import { visibleText } from "../safe_text.ts";
import { inNotebook } from "./kernel.ts";

/** Causes of causes: deeper than this nobody reads, and a chain may end in itself. */
const MOST_CAUSES = 8;
const INDENT = "    ";

/**
 * The stack of an error as V8 writes it, with a line for each cause and each error of an
 * `AggregateError` below. What others wrote into those is made visible.
 */
export function stackWithCauses(error: Error, sites: readonly unknown[]): string {
  const stack = [said(error), ...sites.map((site) => `${INDENT}at ${site}`)];
  return [...stack, ...causeLines(error, INDENT, new Set([error]))].join("\n");
}

function causeLines(error: unknown, indent: string, known: Set<unknown>): string[] {
  return reasonsOf(error).flatMap(([why, reason]) => {
    if (known.size > MOST_CAUSES || known.has(reason)) return [`${indent}${why} …`];
    known.add(reason);
    const [first, ...more] = visibleText(said(reason)).split("\n");
    return [
      `${indent}${why} ${first}`,
      ...more.map((line) => `${indent}${INDENT}${line}`),
      ...causeLines(reason, indent + INDENT, known),
    ];
  });
}

function reasonsOf(error: unknown): [string, unknown][] {
  if (!(error instanceof Error)) return [];
  const errors = error instanceof AggregateError ? [...error.errors] : [];
  const cause: [string, unknown][] = error.cause === undefined ? [] : [["caused by", error.cause]];
  return [...cause, ...errors.map((one): [string, unknown] => ["one of", one])];
}

/** Whatever was thrown, in words; one that cannot be told must not hide the error itself. */
function said(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "an error that cannot be written";
  }
}

// V8 asks this how to write a stack. Not where somebody else answers, as tools for tracing do.
if (inNotebook() && !("prepareStackTrace" in Error)) {
  Object.assign(Error, { prepareStackTrace: stackWithCauses });
}
