import { InputError } from "../errors.ts";
import { unpackEvidence, writeEvidence } from "./evidence.ts";
import { headerColumns } from "./run_columns.ts";
import { resultOf, type RunDocument } from "./run_document.ts";
import { writeSummary } from "./layer_summary.ts";
import type { Sql } from "./sql.ts";
import { writeExperts, writeOperations, writeStatistics } from "./write_deep.ts";
import { writeComponents, writeLayers } from "./write_metrics.ts";
import { writeRawPower, writeSections } from "./write_rows.ts";
import { writeResult, writeTrace } from "./write_run.ts";

/** Writes a whole run under the id that it has; false where that id is there already. */
export function importDocument(sql: Sql, document: RunDocument): boolean {
  checkKind(document);
  try {
    return sql.transaction(() => {
      const { runId } = document.run;
      if (sql.get("SELECT 1 FROM profiling_runs WHERE run_id = ?", runId)) return false;
      writeDocument(sql, document);
      return true;
    });
  } catch (error) {
    // What is missing or of another type shows where it is used, or breaks a rule of its table.
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot import the run: ${(error as Error).message.split("\n")[0]}`, {
      remedy: "export it again with deno task export",
      cause: error,
    });
  }
}

function checkKind(document: unknown): asserts document is RunDocument {
  const { format, version, run } = (document ?? {}) as Partial<Record<string, unknown>>;
  const remedy = "pass what deno task export --format json wrote";
  if (format !== "tokenwatt-run") {
    throw new InputError("Cannot import the run: it is no exported run", { remedy });
  }
  if (version !== 1) {
    throw new InputError(`Cannot import the run: it is of form ${version}, not 1`, {
      remedy: "update Tokenwatt, or export it again",
    });
  }
  const { runId, status } = (run ?? {}) as { runId?: unknown; status?: unknown };
  if (typeof runId !== "string" || !/^\d{8}-\d{6}-[0-9a-f]{6}$/.test(runId)) {
    throw new InputError(`Cannot import the run: its id is ${JSON.stringify(runId)}`, { remedy });
  }
  if (status === "running") {
    throw new InputError(`Cannot import the run ${runId}: it was exported while it went on`, {
      remedy: "export it again when it has ended",
    });
  }
}

function writeDocument(sql: Sql, document: RunDocument): void {
  const { run } = document;
  sql.insert("profiling_runs", {
    run_id: run.runId,
    status: run.status,
    reason: run.reason,
    ended_at_ms: run.endedAtMs,
    ...headerColumns({ ...run, experiment: run.experiment ?? undefined }, run.host),
  });
  const { id } = sql.get<{ id: number }>(
    "SELECT id FROM profiling_runs WHERE run_id = ?",
    run.runId,
  )!;
  const origin = { key: id, startedAtMs: run.startedAtMs };
  for (const { gzip, ...batch } of document.rawPower) {
    writeRawPower(sql, origin, { ...batch, gzip: Uint8Array.fromBase64(gzip) });
  }
  if (document.evidence) {
    const gzip = Uint8Array.fromBase64(document.evidence);
    unpackEvidence(gzip); // throws what is damaged
    writeEvidence(sql, id, gzip);
  }
  writeSections(sql, origin, document.timedSections, false);
  if (run.figures === null) writeTrace(sql, origin, run);
  else writeResult(sql, origin, resultOf(run));
  writeLayers(sql, origin, document.layers);
  writeComponents(sql, origin, document.components);
  writeOperations(sql, origin, document.operations);
  writeStatistics(sql, origin, document.statistics);
  writeExperts(sql, origin, document.experts);
  writeSummary(sql, id);
}
