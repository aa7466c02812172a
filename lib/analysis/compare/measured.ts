import { InputError } from "../../errors.ts";
import type { RunRecord } from "../run_record.ts";
import { type ComparisonMetric, nameOf, observe } from "./metric.ts";
import type { Measured } from "./pairs.ts";

/**
 * The runs of an arm that have a figure, with it; what is left out, and why, goes to the notes.
 *
 * @throws {InputError} if none has it
 */
export function measured(
  runs: readonly RunRecord[],
  metric: ComparisonMetric,
  label: string,
  notes: string[],
): Measured[] {
  const { words, isEnergy } = nameOf(metric);
  const isInvalid = ({ findings }: RunRecord) =>
    isEnergy && findings.some(({ severity }) => severity === "invalid");
  const valid = runs.filter((run) => !isInvalid(run));
  const found = valid.flatMap((run): Measured[] => {
    const observed = observe(run, metric);
    return observed === null ? [] : [{ run, observed }];
  });
  if (found.length === 0) {
    throw new InputError(
      `Cannot compare ${words}: ${
        runs.length === 1
          ? `the run of ${label} does not have it`
          : `none of the ${runs.length} runs of ${label} has it`
      }`,
      { remedy: "profile it, or compare another metric; deno task runs shows what runs have" },
    );
  }
  const [invalid, without] = [runs.length - valid.length, valid.length - found.length];
  if (invalid > 0) notes.push(`${invalid} of ${runs.length} runs of ${label} left out as invalid`);
  if (without > 0) notes.push(`${without} of ${runs.length} runs of ${label} have no ${words}`);
  const shared = found.filter(({ observed }) => observed.method === "shared").length;
  if (shared > 0) {
    notes.push(`${words} of ${shared} of ${found.length} runs of ${label} is shared by time`);
  }
  return found;
}
