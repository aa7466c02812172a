/**
 * What a session of the C library says of itself.
 *
 * @module
 */
import type { TensorDescription } from "../cache_slots.ts";
import type { ProviderName } from "../providers.ts";
import { type Address, cString, type OrtApi, textAt } from "./api.ts";
import { describe } from "./tensors.ts";

/** The inputs or outputs of a session. */
export function describedValues(
  api: OrtApi,
  allocator: Address,
  session: Address,
  side: "Input" | "Output",
): TensorDescription[] {
  const count = Number(api.make(`SessionGet${side}Count`, session));
  return Array.from({ length: count }, (_, index) => {
    const text = api.make(`SessionGet${side}Name`, session, index, allocator);
    const name = textAt(text);
    api.call("AllocatorFree", allocator, text);
    const info = api.make(`SessionGet${side}TypeInfo`, session, index);
    try {
      const tensor = api.make("CastTypeInfoToTensorInfo", info); // belongs to `info`
      if (tensor === 0n) return { name, type: "no tensor", shape: [] };
      const { type, dims } = describe(api, tensor);
      return { name, type, shape: namedDims(api, tensor, dims) };
    } finally {
      api.release("ReleaseTypeInfo", info);
    }
  });
}

function namedDims(api: OrtApi, info: Address, dims: readonly number[]): (number | string)[] {
  const names = new BigUint64Array(dims.length);
  if (dims.length > 0) api.call("GetSymbolicDimensions", info, names, dims.length);
  return dims.map((dim, axis) => dim < 0 ? textAt(names[axis]!) : dim);
}

/** `OrtMemoryInfo` of ordinary memory. */
export function ordinaryMemory(api: OrtApi): Address {
  return api.make("CreateCpuMemoryInfo", ARENA, DEFAULT_MEMORY);
}

/**
 * `OrtMemoryInfo` of where a provider keeps what it computes; `null` where that is ordinary memory,
 * or the library knows no other: outputs are then copied there, which is slower and as right.
 */
export function deviceMemory(api: OrtApi, provider: ProviderName): Address | null {
  const name = { cpu: null, coreml: null, webgpu: "WebGPU_Buffer", cuda: "Cuda" }[provider];
  if (name === null) return null;
  try {
    return api.make("CreateMemoryInfo", cString(name), DEVICE, 0, DEFAULT_MEMORY);
  } catch {
    return null;
  }
}

const DEVICE = 0; // OrtDeviceAllocator
const ARENA = 1; // OrtArenaAllocator
const DEFAULT_MEMORY = 0; // OrtMemTypeDefault
