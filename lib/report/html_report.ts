/**
 * From runs to a page.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ReportedRun } from "./reported_run.ts";

/** How a report is made. */
export interface ReportOptions {
  /** Instead of the usual title. */
  title?: string;
}

/**
 * Returns one self-contained HTML page: of one run all that is known, of several how they differ
 * from the first. It needs no network and runs under a content-security policy that allows nothing
 * but its own style and scripts.
 *
 * @throws {InputError} If there is no run to report on.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { htmlReport, ProfileDatabase, reportedRun } from "@tokenwatt/tokenwatt";
 *
 * async function page(database: ProfileDatabase): Promise<string> {
 *   return await htmlReport(reportedRun(database, "last"));
 * }
 * assert(typeof page === "function");
 * ```
 */
export async function htmlReport(
  runs: ReportedRun | readonly ReportedRun[],
  options: ReportOptions = {},
): Promise<string> {
  const list = isList(runs) ? runs : [runs];
  const [first] = list;
  if (first === undefined) {
    throw new InputError("Cannot report on no run", { remedy: "name one run or more" });
  }
  if (list.length === 1) {
    const { runPage } = await import("./run_page.ts");
    return await runPage(first, options);
  }
  const { runsPage } = await import("./runs_page.ts");
  return await runsPage(list, options);
}

/**
 * Writes a report to a file, and returns its size in bytes.
 *
 * @throws {InputError} If there is no run to report on, or the file cannot be written.
 */
export async function saveReport(
  path: string | URL,
  runs: ReportedRun | readonly ReportedRun[],
  options: ReportOptions = {},
): Promise<number> {
  const bytes = new TextEncoder().encode(await htmlReport(runs, options));
  try {
    await Deno.writeFile(path, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`Cannot save the report as "${path}": ${reason}`, {
      remedy: "choose a folder that exists and can be written to",
      cause,
    });
  }
  return bytes.length;
}

function isList<T>(runs: T | readonly T[]): runs is readonly T[] {
  return Array.isArray(runs);
}
