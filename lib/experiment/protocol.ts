/**
 * What an experiment and the processes of its arms say to each other: JSON, a line each.
 *
 * @module
 */
import type { PlainError } from "../errors.ts";
import type { PowerSourceSpec } from "../power/mod.ts";
import type { ArmOptions, ExperimentPrompt } from "./definition.ts";

/** What a process is to do: the one line on its stdin, whose end stops it. */
export interface ProcessOrder {
  /** Absolute. */
  model: string;
  precision: string | null;
  prompts: readonly ExperimentPrompt[];
  options: ArmOptions & { repetitions: number };
  source: PowerSourceSpec;
  /** Path of the database. */
  database: string;
  experiment: string;
  tags: string[];
  /** Kept with each run, together with the place of its prompt. */
  memo: Record<string, unknown>;
}

/** What a process tells, on its stdout. */
export type ProcessNews =
  | { type: "progress"; stage: string; fraction: number }
  | { type: "run"; runId: string; status: string }
  | ({ type: "failed" } & PlainError);

/** The lines of a stream, as they come, until `signal` aborts, whose reason it then throws. */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  let pending = "";
  const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
  for await (const text of stream.pipeThrough(decoder, signal ? { signal } : {})) {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    yield* lines;
  }
  if (pending !== "") yield pending;
}
