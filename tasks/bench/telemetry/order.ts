/** What the process with telemetry is to do. @module */

/** Given once, when it starts. */
export interface Task {
  /** Folder of the model. */
  path: string;
  prompt: readonly number[];
  maxNewTokens: number;
  threads: number;
}

/** A line of its input: answer, or go on with the gauge told of power, or with nothing told. */
export interface Order {
  telemetry?: boolean;
}
