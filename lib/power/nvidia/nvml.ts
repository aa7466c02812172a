import { InputError } from "../../errors.ts";

/** What one GPU shows. */
export interface GpuReading {
  /** Energy since the driver was loaded, in mJ; `null` before Volta, which does not count. */
  energyMj: number | null;
  /** Power draw of the whole board, in mW; `null` where there is no sensor. */
  powerMw: number | null;
}

/** Where the driver puts it on Linux. */
export const NVML = "libnvidia-ml.so.1";

/** NVIDIA's management library, through FFI. Names and numbers are those of its `nvml.h`. */
export class Nvml implements Disposable {
  readonly #library: ReturnType<typeof openLibrary>;
  readonly #gpus: Deno.PointerValue[];

  /** Throws `InputError` where there is no library, no driver, or no GPU. */
  constructor(path: string = NVML) {
    try {
      this.#library = openLibrary(path);
    } catch (cause) {
      const lacksPermission = cause instanceof Deno.errors.NotCapable;
      throw new InputError(
        `Cannot read NVIDIA GPUs: ${path} ${
          lacksPermission ? "must not be loaded" : "cannot be loaded"
        }`,
        {
          remedy: lacksPermission ? "allow it with --allow-ffi" : "install NVIDIA's driver",
          cause,
        },
      );
    }
    try {
      this.#check(this.#library.symbols.nvmlInit_v2());
      this.#gpus = this.#findGpus();
    } catch (error) {
      this.#library.close();
      throw error;
    }
  }

  /** Reads all GPUs. */
  read(): GpuReading[] {
    const { nvmlDeviceGetTotalEnergyConsumption, nvmlDeviceGetPowerUsage } = this.#library.symbols;
    return this.#gpus.map((gpu) => {
      const energyMj = new BigUint64Array(1);
      const counts = nvmlDeviceGetTotalEnergyConsumption?.(gpu, energyMj) === SUCCESS;
      const powerMw = new Uint32Array(1);
      const measures = nvmlDeviceGetPowerUsage(gpu, powerMw) === SUCCESS;
      return {
        energyMj: counts ? Number(energyMj[0]) : null,
        powerMw: measures ? powerMw[0]! : null,
      };
    });
  }

  [Symbol.dispose](): void {
    this.#library.symbols.nvmlShutdown();
    this.#library.close();
  }

  #findGpus(): Deno.PointerValue[] {
    const count = new Uint32Array(1);
    this.#check(this.#library.symbols.nvmlDeviceGetCount_v2(count));
    if (count[0] === 0) {
      throw new InputError("Cannot read NVIDIA GPUs: the driver finds none", {
        remedy: "check that `nvidia-smi -L` lists one",
      });
    }
    return Array.from({ length: count[0]! }, (_, index) => {
      const handle = new BigUint64Array(1);
      this.#check(this.#library.symbols.nvmlDeviceGetHandleByIndex_v2(index, handle));
      return Deno.UnsafePointer.create(handle[0]!);
    });
  }

  #check(result: number): void {
    if (result === SUCCESS) return;
    const text = this.#library.symbols.nvmlErrorString(result);
    const said = text === null ? `error ${result}` : Deno.UnsafePointerView.getCString(text);
    throw new InputError(`Cannot read NVIDIA GPUs: NVML says "${said}"`, {
      remedy:
        "check that `nvidia-smi` works; after an update of the driver, start the machine anew",
    });
  }
}

const SUCCESS = 0;

function openLibrary(path: string) {
  return Deno.dlopen(path, {
    nvmlInit_v2: { parameters: [], result: "i32" },
    nvmlShutdown: { parameters: [], result: "i32" },
    nvmlErrorString: { parameters: ["i32"], result: "pointer" },
    nvmlDeviceGetCount_v2: { parameters: ["buffer"], result: "i32" },
    nvmlDeviceGetHandleByIndex_v2: { parameters: ["u32", "buffer"], result: "i32" },
    nvmlDeviceGetPowerUsage: { parameters: ["pointer", "buffer"], result: "i32" },
    // Drivers before 2018 do not have it.
    nvmlDeviceGetTotalEnergyConsumption: {
      parameters: ["pointer", "buffer"],
      result: "i32",
      optional: true,
    },
  });
}
