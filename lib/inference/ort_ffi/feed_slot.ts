/**
 * An input's place in native memory, written anew for every pass.
 *
 * A step's ids and positions have the shape that they had before, so their value stays bound and
 * only its bytes change; a mask that grows gets another value over the same memory.
 *
 * @module
 */
import type { HostTensor } from "../host_tensor.ts";
import { type Address, bytesAt, type OrtApi } from "./api.ts";
import type { Holdings } from "./holdings.ts";
import { elementType } from "./tensors.ts";

/** One input. */
export class FeedSlot {
  readonly #api: OrtApi;
  readonly #holdings: Holdings;
  readonly #cpu: Address;
  #memory: Address = 0n;
  #bytes = new Uint8Array(0);
  #value: Address = 0n;
  #shape: string | null = null;

  /** `cpu` is the runtime's `OrtMemoryInfo` of ordinary memory. */
  constructor(api: OrtApi, holdings: Holdings, cpu: Address) {
    this.#api = api;
    this.#holdings = holdings;
    this.#cpu = cpu;
  }

  /** Takes a tensor in. Returns the value to bind, or `null` where the bound one holds it now. */
  write({ type, data, dims }: HostTensor): Address | null {
    const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    const isSame = this.#shape === `${dims}`;
    if (bytes.length > this.#bytes.length) this.#grow(2 * bytes.length);
    this.#bytes.set(bytes);
    if (isSame) return null;
    const old = this.#value;
    const shape = BigInt64Array.from(dims, BigInt);
    this.#value = this.#holdings.hold(
      this.#api.make(
        "CreateTensorWithDataAsOrtValue",
        this.#cpu,
        this.#memory,
        bytes.length,
        shape,
        shape.length,
        elementType(type),
      ),
      "ReleaseValue",
    );
    this.#holdings.free(old);
    this.#shape = `${dims}`;
    return this.#value;
  }

  // The old value is still bound, and another is bound before the next pass: nothing reads it then.
  #grow(bytes: number): void {
    this.#holdings.free(this.#memory);
    this.#memory = this.#holdings.allocate(bytes);
    this.#bytes = bytesAt(this.#memory, bytes);
  }
}
