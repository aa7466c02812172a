/**
 * Execution providers: what each is, and what it lets be seen of the inside of a token.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { useOneOf } from "../nearest.ts";

/** What executes a graph. */
export type ProviderName = "cpu" | "coreml" | "webgpu" | "cuda";

/** All of them, the one that is always there first. */
export const PROVIDERS: readonly ProviderName[] = ["cpu", "coreml", "webgpu", "cuda"];

// Shared notes on ONNX Runtime, section 6.
const DETAIL: Readonly<Record<ProviderName, string>> = {
  cpu: "every operation is timed, so layers and components are told apart",
  coreml: "operations are fused into partitions, each timed as one: layers inside a partition " +
    "cannot be told apart, and what CoreML does not take runs on the CPU",
  webgpu: "operations have the GPU's own times, so layers are told apart where they run on it; " +
    "shapes and positions run on the CPU",
  cuda: "operations have the host's times of starting them, which say little of the GPU's work: " +
    "layers are told apart by order only",
};

/** In one line, what a provider means for detail per layer. */
export function providerDetail(provider: ProviderName): string {
  return DETAIL[provider];
}

/** Refuses a provider that nobody knows, or that a library does not hold. */
export function checkProvider(asked: string, held: readonly string[], library: string): void {
  if (!(PROVIDERS as readonly string[]).includes(asked)) {
    throw new InputError(`Cannot run on the execution provider "${asked}": it is not known`, {
      remedy: useOneOf(asked, held),
    });
  }
  if (held.includes(asked)) return;
  throw new InputError(
    `Cannot run on the execution provider "${asked}": the library of ${library} does not hold it`,
    {
      remedy:
        `use one of ${held.join(", ")}, or the engine ort-ffi with a library that holds it, ` +
        "which TOKENWATT_ORT_LIBRARY names",
    },
  );
}
