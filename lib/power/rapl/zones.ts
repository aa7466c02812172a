import { InputError } from "../../errors.ts";
import type { Rail } from "../../record.ts";

/** What is asked of the files: those of the kernel, in tests also others. */
export interface CounterFiles {
  exists(path: string): boolean;
  isReadable(path: string): boolean;
  read(path: string): string | null;
}

/** An energy counter of the processor. */
export interface RaplZone {
  /** The kernel's name of it: "package-0", "dram". */
  name: string;
  /** The rail that it counts. */
  rail: Rail;
  /** The file with its count, in µJ. */
  energyPath: string;
  /** The count at which it starts again from 0, in µJ; `null` where the kernel does not say. */
  rangeUj: number | null;
}

/** Where Linux shows the counters. */
export const POWERCAP = "/sys/class/powercap";

const MOST_SOCKETS = 32;
const MOST_PARTS = 8;

/**
 * Finds the counters of the processor (AMD's have the same names). Only those of `intel-rapl`: the
 * zones of `intel-rapl-mmio` count the same packages again.
 *
 * @throws {InputError} where there are none, or where this user may not read them
 */
export function findZones(files: CounterFiles, root: string = POWERCAP): RaplZone[] {
  const zones: RaplZone[] = [];
  for (let socket = 0; socket < MOST_SOCKETS; socket++) {
    const folder = `${root}/intel-rapl:${socket}`;
    if (!files.exists(`${folder}/name`)) continue;
    zones.push(...zoneIn(files, folder));
    for (let part = 0; part < MOST_PARTS; part++) {
      zones.push(...zoneIn(files, `${root}/intel-rapl:${socket}:${part}`));
    }
  }
  if (zones.length === 0) {
    throw new InputError(`Cannot read energy counters (RAPL): there are none in ${root}`, {
      remedy: "run on the machine itself (virtual machines and containers hide them), " +
        "after `sudo modprobe intel_rapl_msr`",
    });
  }
  const refused = zones.find(({ energyPath }) => !files.isReadable(energyPath));
  if (refused !== undefined) {
    throw new InputError(
      `Cannot read energy counters (RAPL): no permission for ${refused.energyPath}`,
      {
        remedy:
          `run \`sudo chmod a+r ${root}/intel-rapl:*/energy_uj\`, which holds until the next ` +
          "start (docs/sources.md has a rule that stays, and the risk)",
      },
    );
  }
  return zones;
}

function zoneIn(files: CounterFiles, folder: string): RaplZone[] {
  const name = files.exists(`${folder}/name`) ? files.read(`${folder}/name`) : null;
  const rail = name === null ? null : railOf(name);
  if (name === null || rail === null) return [];
  const rangeUj = countOf(files.read(`${folder}/max_energy_range_uj`));
  return [{ name, rail, energyPath: `${folder}/energy_uj`, rangeUj }];
}

/** Names of the kernel's driver (drivers/powercap/intel_rapl_common.c, `rapl_domain_names`). */
function railOf(name: string): Rail | null {
  if (/^package-\d+/.test(name)) return "package";
  switch (name) {
    case "core":
      return "cpu";
    case "uncore":
      return "gpu";
    case "dram":
      return "dram";
    case "psys":
      return "system";
    default:
      return null;
  }
}

/** A count as the kernel writes it. */
export function countOf(text: string | null): number | null {
  if (text === null || !/^\d+$/.test(text)) return null;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : null;
}
