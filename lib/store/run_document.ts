import { noSuchRun } from "./no_such_run.ts";
import type {
  ComponentMetric,
  DeepOperationMetric,
  DeepStatistic,
  LayerMetric,
  MoeExpertActivation,
  ProfilingRun,
  RawPowerBatch,
  StoredSection,
} from "../record.ts";
import type { ProfileDatabase } from "./database.ts";
import type { StoredRun } from "./rows.ts";

/** A whole run as JSON, described by docs/run.schema.json. Times are epoch ms, energies mJ. */
export interface RunDocument {
  /** Says what this is. */
  format: "tokenwatt-run";
  /** Of this form. */
  version: 1;
  /** The run with its trace. */
  run: StoredRun;
  /** Sections inside of phases, of all repetitions. */
  timedSections: Required<StoredSection>[];
  /** Layers of tokens. */
  layers: Required<LayerMetric>[];
  /** Components of tokens. */
  components: Required<ComponentMetric>[];
  /** ONNX nodes of tokens. */
  operations: Required<DeepOperationMetric>[];
  /** Figures of the deep level. */
  statistics: Required<DeepStatistic>[];
  /** Experts that were chosen. */
  experts: Required<MoeExpertActivation>[];
  /** Power records as they came, gzipped, in base64. */
  rawPower: (Omit<RawPowerBatch, "gzip"> & { gzip: string })[];
  /** What the result was made of beside the rows: gzipped JSON, in base64. */
  evidence?: string | null;
}

/** The result that a stored run holds, without what only the store knows of it. */
export function resultOf(run: StoredRun): ProfilingRun {
  const { host: _1, details: _2, figures: _3, startedAtMs: _4, endedAtMs: _5, ...rest } = run;
  const { reason: _6, experiment: _7, tags: _8, options: _9, ...result } = rest;
  return result;
}

function storedRun(database: ProfileDatabase, reference: string): StoredRun {
  const run = database.getRun(reference);
  if (run) return run;
  throw noSuchRun(database, "export", reference, database.path);
}

/** Takes a run out of a database, whole. Throws an `InputError` where it is not there. */
export function runDocument(database: ProfileDatabase, reference: string): RunDocument {
  const run = storedRun(database, reference);
  const { runId } = run;
  return {
    format: "tokenwatt-run",
    version: 1,
    run,
    timedSections: database.getSections(runId),
    layers: database.getLayerMetrics(runId),
    components: database.getComponentMetrics(runId),
    operations: database.getDeepOperationMetrics(runId),
    statistics: database.getDeepStatistics(runId),
    experts: database.getMoeExpertActivations(runId),
    rawPower: database.getRawPower(runId)
      .map(({ gzip, ...batch }) => ({ ...batch, gzip: gzip.toBase64() })),
    evidence: database.getEvidence(runId)?.toBase64() ?? null,
  };
}
