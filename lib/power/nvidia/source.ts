import { InputError } from "../../errors.ts";
import type { SourceInfo } from "../../record.ts";
import { type Meter, sampleMeter } from "../meter.ts";
import { failedProbe, WORKS } from "../probe.ts";
import type { PowerSource, SamplingIntervalMs, SourceEvent, SourceProbe } from "../source.ts";
import { type GpuReading, NVML, Nvml } from "./nvml.ts";
import { countGpus, sampleSmi } from "./smi.ts";

/** How NVIDIA's GPUs are read. */
export interface NvidiaOptions {
  /** NVIDIA's management library; libnvidia-ml.so.1 unless stated. */
  library?: string;
}

/**
 * NVIDIA's GPUs, all of them together: their energy counters through NVML where they count, else
 * their power draw; through `nvidia-smi` where the library does not load.
 */
export class NvidiaSource implements PowerSource {
  readonly info: SourceInfo = {
    name: "nvidia",
    kind: "measured",
    rails: ["gpu"],
    totalRails: ["gpu"],
    label: "GPU (NVIDIA)",
    statedError: null,
  };
  readonly rawFormat = "json" as const;
  readonly #library: string;

  constructor(options: NvidiaOptions = {}) {
    this.#library = options.library ?? NVML;
  }

  async probe(): Promise<SourceProbe> {
    try {
      using _nvml = new Nvml(this.#library);
      return WORKS;
    } catch (error) {
      try {
        await countGpus();
        return WORKS;
      } catch (second) {
        return failedProbe(either(error, second));
      }
    }
  }

  async *open(intervalMs: SamplingIntervalMs, signal: AbortSignal): AsyncGenerator<SourceEvent> {
    const nvml = tryNvml(this.#library);
    if (nvml instanceof Nvml) {
      using open = nvml;
      yield* sampleMeter(gpuMeter(() => open.read()), intervalMs, signal);
      return;
    }
    const gpus = await countGpus().catch((error) => {
      throw either(nvml, error);
    });
    yield* sampleSmi(gpus, intervalMs, signal);
  }
}

/** Energy of all GPUs; `null` where one of them shows nothing. */
export function gpuMeter(read: () => GpuReading[]): Meter<GpuReading[]> {
  return {
    // Counters were seen to move in steps of 20 to 100 ms; a shorter rest would be a 0.
    leastMs: 25,
    read,
    energyMj(before, after, durationMs) {
      const energies = after.map((end, i) => energyOf(before[i], end, durationMs));
      if (energies.length === 0 || energies.includes(null)) return { gpu: null };
      return { gpu: energies.reduce<number>((sum, mj) => sum + (mj ?? 0), 0) };
    },
    evidence: (gpus) => ({ gpus }),
  };
}

function energyOf(
  before: GpuReading | undefined,
  after: GpuReading,
  durationMs: number,
): number | null {
  if (before === undefined) return null;
  if (before.energyMj !== null && after.energyMj !== null) {
    // It starts again from 0 only with the driver.
    return after.energyMj >= before.energyMj ? after.energyMj - before.energyMj : null;
  }
  if (before.powerMw === null || after.powerMw === null) return null;
  return (before.powerMw + after.powerMw) / 2 * durationMs / 1000;
}

function tryNvml(library: string): Nvml | InputError {
  try {
    return new Nvml(library);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

/** Says why the first way failed; the second counts where the first is only not installed. */
function either(first: unknown, second: unknown): unknown {
  if (!(first instanceof InputError) || !(second instanceof InputError)) return second;
  return /cannot be loaded/.test(first.message) && !/on the PATH/.test(second.message)
    ? second
    : first;
}
