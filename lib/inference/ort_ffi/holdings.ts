/**
 * What is held of the runtime's memory, so that each handle is freed once and none is forgotten.
 *
 * @module
 */
import { type Address, bytesAt, type OrtApi, type Release } from "./api.ts";

// The last resort, for a session that nobody released.
const forgotten = new FinalizationRegistry<Holdings>((holdings) => holdings.freeAll());

/** Handles with what frees them; the latest goes first when all go. */
export class Holdings {
  readonly #api: OrtApi;
  readonly #allocator: Address;
  readonly #held = new Map<Address, Release | "memory">();

  constructor(api: OrtApi, allocator: Address) {
    this.#api = api;
    this.#allocator = allocator;
  }

  /** How many handles are held. */
  get size(): number {
    return this.#held.size;
  }

  /** Frees everything when `owner` is collected, which must not be reachable from here. */
  watch(owner: object): void {
    forgotten.register(owner, this, this);
  }

  /** Takes a handle over. */
  hold(handle: Address, release: Release): Address {
    this.#held.set(handle, release);
    return handle;
  }

  /** Allocates native memory. */
  allocate(bytes: number): Address {
    const memory = this.#api.make("AllocatorAlloc", this.#allocator, Math.max(1, bytes));
    this.#held.set(memory, "memory");
    return memory;
  }

  /** Puts bytes into native memory. */
  copy(bytes: Uint8Array): Address {
    const memory = this.allocate(bytes.length);
    bytesAt(memory, bytes.length).set(bytes);
    return memory;
  }

  /** Frees a handle; one that is not held is left alone. */
  free(handle: Address): void {
    const release = this.#held.get(handle);
    if (release === undefined) return;
    this.#held.delete(handle);
    if (release === "memory") this.#api.call("AllocatorFree", this.#allocator, handle);
    else this.#api.release(release, handle);
  }

  /** Frees all that is held. */
  freeAll(): void {
    forgotten.unregister(this);
    for (const handle of [...this.#held.keys()].reverse()) this.free(handle);
  }
}
