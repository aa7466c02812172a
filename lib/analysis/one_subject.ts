import { InputError } from "../errors.ts";
import type { RunRecord } from "./run_record.ts";

/**
 * The one model that these runs are of.
 *
 * @throws {InputError} if they are of several, or there is none
 */
export function oneModel(runs: readonly RunRecord[], what: string): RunRecord["model"] {
  const first = runs[0]?.model;
  if (!first) {
    throw new InputError(`Cannot tell ${what}: no run has what it needs`, {
      remedy: "profile some first; deno task runs shows what there is",
    });
  }
  const names = [...new Set(runs.map(({ model }) => `${model.name} ${model.precision}`))];
  if (names.length > 1) {
    throw new InputError(`Cannot tell ${what}: the runs are of ${names.join(", ")}`, {
      remedy: "choose one, with --model and --precision",
    });
  }
  return first;
}
