/** What a fleet's reports read of a run: one row of its view `runs`. */
export interface FleetFigure {
  /** Which run. */
  runId: string;
  /** Name of the machine. */
  host: string;
  /** What ran there: the commit of the user's folder, or the version of Tokenwatt. */
  build: string;
  /** When it started, in epoch ms. */
  startedAtMs: number;
  /** What tells one process of the host from another. */
  process: string;
  /** Name of the model. */
  model: string;
  /** Hash of the model; `null` where it is not known. */
  modelHash: string | null;
  /** Of its weights. */
  precision: string | null;
  /** `ort-node`, `ort-ffi`. */
  engine: string | null;
  /** Execution provider. */
  provider: string | null;
  /** Sequences at once. */
  batchSize: number | null;
  /** Threads of the runtime; `null` for its own choice. */
  threads: number | null;
  /** What was measured, and by what: "CPU+GPU+ANE (powermetrics)". */
  powerLabel: string;
  /** `measured`, `estimated`, … */
  powerKind: string;
  /** How often power was read, in ms. */
  intervalMs: number;
  /** What tells one prompt from another, with the length of its answer. */
  prompt: string;
  /** Of the decode phase, in J; above 0. */
  joulesPerToken: number;
}

/** What must be alike for energies of a host to be compared over time. */
export interface FleetSubject {
  /** Name of the machine. */
  host: string;
  /** Name of the model. */
  model: string;
  /** Of its weights. */
  precision: string | null;
  /** `ort-node`, `ort-ffi`. */
  engine: string | null;
  /** Execution provider. */
  provider: string | null;
  /** Sequences at once. */
  batchSize: number | null;
  /** What was measured, and by what. */
  powerLabel: string;
  /** Whether its power is an estimate. */
  isEstimated: boolean;
}

/** The subject of a run. */
export function subjectOf(figure: FleetFigure): FleetSubject {
  const { host, model, precision, engine, provider, batchSize, powerLabel, powerKind } = figure;
  const isEstimated = powerKind === "estimated";
  return { host, model, precision, engine, provider, batchSize, powerLabel, isEstimated };
}

/** What groups runs by subject; the same name may stand for another model. */
export function subjectKey(figure: FleetFigure): string {
  const { modelHash, intervalMs, threads } = figure;
  return JSON.stringify([subjectOf(figure), modelHash, intervalMs, threads]);
}
