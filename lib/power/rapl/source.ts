import { InputError } from "../../errors.ts";
import { type Rail, RAILS, type SourceInfo } from "../../record.ts";
import { type Meter, sampleMeter } from "../meter.ts";
import { railsLabel } from "../rails_label.ts";
import type { PowerSource, SamplingIntervalMs, SourceEvent, SourceProbe } from "../source.ts";
import { failedProbe, WORKS } from "../probe.ts";
import { KernelFiles } from "./libc.ts";
import { type CounterFiles, countOf, findZones, POWERCAP, type RaplZone } from "./zones.ts";

/** Where the counters are. */
export interface RaplOptions {
  /** Folder with the `intel-rapl:…` zones; /sys/class/powercap unless stated. */
  root?: string;
}

/**
 * The energy counters of processors by Intel and AMD, as Linux shows them. They are summed over all
 * sockets, for the whole machine, and count on their own about once a millisecond.
 */
export class RaplSource implements PowerSource {
  readonly rawFormat = "json" as const;
  readonly #root: string;
  readonly #os: typeof Deno.build.os;
  #info: SourceInfo | null = null;

  constructor(options: RaplOptions = {}, os: typeof Deno.build.os = Deno.build.os) {
    this.#root = options.root ?? POWERCAP;
    this.#os = os;
  }

  /** The rails are those of this machine; where they cannot be read, the one that all have. */
  get info(): SourceInfo {
    return this.#info ??= infoOf(this.#railsHere());
  }

  probe(): Promise<SourceProbe> {
    try {
      using files = this.#files();
      findZones(files, this.#root);
      return Promise.resolve(WORKS);
    } catch (error) {
      return Promise.resolve(failedProbe(error));
    }
  }

  async *open(intervalMs: SamplingIntervalMs, signal: AbortSignal): AsyncGenerator<SourceEvent> {
    using files = this.#files();
    const zones = findZones(files, this.#root);
    yield* sampleMeter(raplMeter(zones, files), intervalMs, signal);
  }

  #files(): KernelFiles {
    if (this.#os !== "linux") {
      throw new InputError(
        `Cannot read energy counters (RAPL): Linux has them, this is ${this.#os}`,
        {
          remedy: "use powermetrics or macmon on a Mac",
        },
      );
    }
    try {
      return new KernelFiles();
    } catch (cause) {
      throw new InputError("Cannot read energy counters (RAPL): libc cannot be loaded", {
        remedy: "allow it with --allow-ffi",
        cause,
      });
    }
  }

  #railsHere(): Rail[] {
    try {
      using files = this.#files();
      const here = new Set(findZones(files, this.#root).map(({ rail }) => rail));
      return RAILS.filter((rail) => here.has(rail));
    } catch {
      return ["package"];
    }
  }
}

/** Reads all counters; a count below the one before has gone through the end of its range. */
export function raplMeter(
  zones: readonly RaplZone[],
  files: Pick<CounterFiles, "read">,
): Meter<(number | null)[]> {
  return {
    // Five of the counters' own steps.
    leastMs: 5,
    read: () => zones.map(({ energyPath }) => countOf(files.read(energyPath))),
    energyMj(before, after) {
      const energyMj: Partial<Record<Rail, number | null>> = {};
      zones.forEach(({ rail, rangeUj }, i) => {
        const uj = counted(before[i] ?? null, after[i] ?? null, rangeUj);
        const sofar = energyMj[rail] === undefined ? 0 : energyMj[rail];
        // Of two sockets, one is not the machine.
        energyMj[rail] = uj === null || sofar === null ? null : sofar + uj / 1000;
      });
      return energyMj;
    },
    evidence: (counts) => ({
      energyUj: Object.fromEntries(zones.map(({ energyPath }, i) => [energyPath, counts[i]])),
    }),
  };
}

function counted(before: number | null, after: number | null, range: number | null): number | null {
  if (before === null || after === null) return null;
  if (after >= before) return after - before;
  return range === null ? null : after + range - before;
}

function infoOf(rails: Rail[]): SourceInfo {
  // psys is what the maker of the board wired to it: a cross-check, a total only where it is alone.
  const total = rails.includes("package")
    ? rails.filter((rail) => rail === "package" || rail === "dram")
    : rails.filter((rail) => rail !== "system");
  const totalRails = total.length > 0 ? total : rails;
  return {
    name: "rapl",
    kind: "measured",
    rails,
    totalRails,
    label: `${railsLabel(totalRails)} (RAPL)`,
    statedError: null,
  };
}
