import { InputError } from "../errors.ts";
import { EstimateSource } from "./estimate.ts";
import { PowermetricsSource } from "./powermetrics/source.ts";
import { rigChip } from "./rig/chips.ts";
import { RigSource } from "./rig/source.ts";
import type { PowerSource, PowerSourceSpec } from "./source.ts";

/** The sources that there are, the better ones first. */
export const SOURCE_NAMES: readonly Exclude<PowerSourceSpec["name"], "rig">[] = [
  "powermetrics",
  "estimate",
];

/** Takes a source's name for its spec with all defaults; throws `InputError` for an unknown one. */
export function sourceSpec(source: PowerSourceSpec | string): PowerSourceSpec {
  // A simulation is for who asks for it: it is none of the sources that this machine may have.
  if (typeof source === "string" && source.startsWith("rig:")) {
    return { name: "rig", chip: rigChip(source.slice("rig:".length)) };
  }
  if (typeof source !== "string" && source.name === "rig") return source;
  const name = typeof source === "string" ? source : source.name;
  const known = SOURCE_NAMES.find((one) => one === name);
  if (known === undefined) {
    throw new InputError(`Cannot read power from "${name}"`, {
      remedy: `choose one of ${SOURCE_NAMES.join(", ")}, or rig:m4max to simulate one`,
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
    case "rig":
      return new RigSource(spec);
  }
}
