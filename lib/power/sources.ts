import { InputError } from "../errors.ts";
import { EstimateSource } from "./estimate.ts";
import { PowermetricsSource } from "./powermetrics/source.ts";
import type { PowerSource, PowerSourceSpec } from "./source.ts";

/** The sources that there are, the better ones first. */
export const SOURCE_NAMES: readonly PowerSourceSpec["name"][] = ["powermetrics", "estimate"];

/** Takes a source's name for its spec with all defaults; throws `InputError` for an unknown one. */
export function sourceSpec(source: PowerSourceSpec | string): PowerSourceSpec {
  const name = typeof source === "string" ? source : source.name;
  const known = SOURCE_NAMES.find((one) => one === name);
  if (known === undefined) {
    throw new InputError(`Cannot read power from "${name}"`, {
      remedy: `choose one of ${SOURCE_NAMES.join(", ")}`,
    });
  }
  return typeof source === "string" ? { name: known } : source;
}

/** Builds the source that `spec` describes; throws `InputError` for options that cannot be. */
export function createSource(spec: PowerSourceSpec): PowerSource {
  switch (spec.name) {
    case "powermetrics":
      return new PowermetricsSource();
    case "estimate":
      return new EstimateSource(spec);
  }
}
