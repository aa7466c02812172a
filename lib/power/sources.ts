import { InputError } from "../errors.ts";
import { useOneOf } from "../nearest.ts";
import type { Rail } from "../record.ts";
import { CombinedSource } from "./combine/source.ts";
import { EstimateSource } from "./estimate.ts";
import { MacmonSource } from "./macmon/source.ts";
import { NvidiaSource } from "./nvidia/source.ts";
import { PowermetricsSource } from "./powermetrics/source.ts";
import { RaplSource } from "./rapl/source.ts";
import { ReplaySource } from "./replay/source.ts";
import { rigChip } from "./rig/chips.ts";
import { RigSource } from "./rig/source.ts";
import type { PowerSource, PowerSourceSpec } from "./source.ts";

/** The sources that a machine may have, the better ones first. */
export const SOURCE_NAMES = ["powermetrics", "macmon", "rapl", "nvidia", "estimate"] as const;

/**
 * Takes what `--power` takes for a spec: a name with all defaults, several of them with a plus,
 * `replay:FILE`, `rig:CHIP`. Throws `InputError` for anything else.
 */
export function sourceSpec(source: PowerSourceSpec | string): PowerSourceSpec {
  if (typeof source !== "string") {
    const names: string[] = [...SOURCE_NAMES, "replay", "rig", "combine"];
    return names.includes(source.name) ? source : refuse(source.name);
  }
  if (source.startsWith("replay:")) {
    return { name: "replay", path: source.slice("replay:".length), paced: true };
  }
  if (source.includes("+")) {
    return { name: "combine", sources: source.split("+").map(sourceSpec) };
  }
  // A simulation is for who asks for it: it is none of the sources that this machine may have.
  if (source.startsWith("rig:")) return { name: "rig", chip: rigChip(source.slice("rig:".length)) };
  const known = SOURCE_NAMES.find((one) => one === source);
  return known === undefined ? refuse(source) : { name: known };
}

/**
 * Makes one source of two: the records of `first`, with the rails of `second` over the same time. A
 * rail that both have comes from the one that counts it in its total. The total is what their totals
 * are together, unless `totalRails` states it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { combine, PowerMonitor } from "@tokenwatt/tokenwatt";
 *
 * const { info } = new PowerMonitor({ source: combine("powermetrics", "macmon") });
 * assert.deepEqual(info.totalRails, ["cpu", "gpu", "ane"]);
 * assert.deepEqual(info.rails, ["cpu", "gpu", "ane", "dram", "system"]);
 * ```
 */
export function combine(
  first: PowerSourceSpec | string,
  second: PowerSourceSpec | string,
  options: { totalRails?: Rail[] } = {},
): PowerSourceSpec {
  return { name: "combine", sources: [sourceSpec(first), sourceSpec(second)], ...options };
}

/** Builds the source that `spec` describes; throws `InputError` for options that cannot be. */
export function createSource(spec: PowerSourceSpec): PowerSource {
  switch (spec.name) {
    case "powermetrics":
      return new PowermetricsSource();
    case "macmon":
      return new MacmonSource();
    case "rapl":
      return new RaplSource(spec);
    case "nvidia":
      return new NvidiaSource(spec);
    case "estimate":
      return new EstimateSource(spec);
    case "replay":
      return new ReplaySource(spec);
    case "rig":
      return new RigSource(spec);
    case "combine":
      return new CombinedSource(spec.sources.map(createSource), spec.totalRails);
  }
}

function refuse(name: string): never {
  throw new InputError(`Cannot read power from "${name}"`, {
    remedy: `${useOneOf(name, SOURCE_NAMES)}, two of them as in rapl+nvidia, ` +
      "replay:FILE, or rig:m4max to simulate one",
  });
}
