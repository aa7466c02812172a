/**
 * Passes by the runtime's own binding of inputs and outputs: what comes out as the cache goes in
 * again without being copied, and of the logits one row is.
 *
 * A pass runs on another thread, so the event loop stays alive and a signal can end it. All memory
 * that it reads and writes is native: a worker that is ended takes JavaScript's with it.
 *
 * @module
 */
import type { TensorDescription } from "../cache_slots.ts";
import type { HostTensor } from "../host_tensor.ts";
import type { ProviderName } from "../providers.ts";
import type { Kept, Pass, PassResult, Runner, Wiring } from "../runner.ts";
import { type Address, bytesAt, cString, type OrtApi } from "./api.ts";
import { FeedSlot } from "./feed_slot.ts";
import type { Holdings } from "./holdings.ts";
import type { OrtLibrary } from "./library.ts";
import { describedValues, deviceMemory, ordinaryMemory } from "./session_facts.ts";
import { dimsOf, elementType, lastRowsOf, tappedOf } from "./tensors.ts";

/** A value of the cache. */
interface FfiKept extends Kept {
  value: Address;
}

/** An output that is bound, in the order of binding. */
interface BoundOutput {
  name: Address;
  memory: Address;
}

/** Runs passes of a session of the C library. */
export class OrtFfiRunner implements Runner {
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  readonly #api: OrtApi;
  readonly #holdings: Holdings;
  readonly #allocator: Address;
  readonly #session: Address;
  readonly #binding: Address;
  readonly #runOptions: Address;
  readonly #cpu: Address;
  readonly #device: Address;
  readonly #feeds = new Map<string, { name: Address; slot: FeedSlot }>();
  readonly #names = new Map<string, Address>();
  #wiring: Wiring = { logits: "", slots: [], taps: [] };
  #bound: BoundOutput[] = [];
  #ranks: number[] = [];
  #tapsAt: number[] = [];
  #running: { ended: Promise<void>; isStopped: boolean } | null = null;
  #isBusy = false;
  readonly #dropped: Address[] = [];
  #isReleased = false;

  /** `holdings` holds the session; all else that is made goes there too. */
  constructor(
    { api, allocator }: OrtLibrary,
    holdings: Holdings,
    session: Address,
    provider: ProviderName,
  ) {
    this.#api = api;
    this.#holdings = holdings;
    this.#allocator = allocator;
    this.#session = session;
    this.inputs = describedValues(api, allocator, session, "Input");
    this.outputs = describedValues(api, allocator, session, "Output");
    this.#cpu = holdings.hold(ordinaryMemory(api), "ReleaseMemoryInfo");
    const device = deviceMemory(api, provider);
    this.#device = device === null ? this.#cpu : holdings.hold(device, "ReleaseMemoryInfo");
    this.#binding = holdings.hold(api.make("CreateIoBinding", session), "ReleaseIoBinding");
    this.#runOptions = holdings.hold(api.make("CreateRunOptions"), "ReleaseRunOptions");
    holdings.watch(this);
  }

  wire(wiring: Wiring): void {
    this.#wiring = wiring;
    const { logits, slots, taps } = wiring;
    const order = new Map<string, Address>([[logits, this.#cpu]]);
    for (const { output } of slots) order.set(output, this.#device);
    for (const name of taps) order.set(name, this.#cpu);
    this.#bound = [...order].map(([name, memory]) => ({ name: this.#name(name), memory }));
    const names = [...order.keys()];
    this.#tapsAt = taps.map((name) => names.indexOf(name));
    this.#ranks = slots.map(({ output }) =>
      this.outputs.find(({ name }) => name === output)!.shape.length
    );
  }

  keep({ type, data, dims }: HostTensor): FfiKept {
    const shape = BigInt64Array.from(dims, BigInt);
    const value = this.#holdings.hold(
      this.#api.make(
        "CreateTensorAsOrtValue",
        this.#allocator,
        shape,
        shape.length,
        elementType(type),
      ),
      "ReleaseValue",
    );
    if (data.length > 0) {
      const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
      bytesAt(this.#api.make("GetTensorMutableData", value), bytes.length).set(bytes);
    }
    return { value, dims };
  }

  drop(cache: readonly Kept[]): void {
    const values = cache.map((kept) => (kept as FfiKept).value);
    // What a pass under way is given must last until it ends.
    if (this.#isBusy) this.#dropped.push(...values);
    else for (const value of values) this.#holdings.free(value);
  }

  async run({ feeds, cache, rows, signal }: Pass): Promise<PassResult> {
    // Two passes would share one binding. What is checked here must hold before anything is awaited.
    if (this.#isBusy) throw new Error("Cannot run two passes of a session at once");
    this.#isBusy = true;
    try {
      // A pass that a signal ended goes on until the operation that is under way has ended.
      await this.#running?.ended;
      this.#refuseReleased();
      this.#bind(feeds, cache);
      await this.#execute(signal);
      this.#refuseReleased();
      return this.#collect(rows);
    } finally {
      this.#isBusy = false;
      for (const value of this.#dropped.splice(0)) this.#holdings.free(value);
    }
  }

  endProfiling(): void {
    if (this.#isReleased) return;
    const path = this.#api.make("SessionEndProfiling", this.#session, this.#allocator);
    this.#api.call("AllocatorFree", this.#allocator, path);
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#stop();
    await this.#running?.ended;
    this.#holdings.freeAll();
  }

  #refuseReleased(): void {
    if (this.#isReleased) throw new Error("Cannot run a session that was released");
  }

  #bind(feeds: Pass["feeds"], cache: readonly Kept[]): void {
    const api = this.#api;
    const bindInput = (name: Address, value: Address) =>
      api.call("BindInput", this.#binding, name, value);
    for (const [name, tensor] of feeds) {
      let feed = this.#feeds.get(name);
      if (feed === undefined) {
        const slot = new FeedSlot(api, this.#holdings, this.#cpu);
        this.#feeds.set(name, feed = { name: this.#name(name), slot });
      }
      const value = feed.slot.write(tensor);
      if (value !== null) bindInput(feed.name, value);
    }
    const { slots } = this.#wiring;
    for (let i = 0; i < slots.length; i++) {
      bindInput(this.#name(slots[i]!.input), (cache[i] as FfiKept).value);
    }
    for (const { name, memory } of this.#bound) {
      api.call("BindOutputToDevice", this.#binding, name, memory);
    }
  }

  async #execute(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const native = this.#api.callAside(
      "RunWithBinding",
      this.#session,
      this.#runOptions,
      this.#binding,
    );
    const ended = native.then(() => {}, () => {}).then(() => {
      if (running.isStopped) this.#api.call("RunOptionsUnsetTerminate", this.#runOptions);
      this.#running = null;
    });
    const running = this.#running = { ended, isStopped: false };
    const stopped = Promise.withResolvers<never>();
    const onAbort = () => {
      this.#stop();
      stopped.reject(signal!.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await (signal === undefined ? native : Promise.race([native, stopped.promise]));
      await ended;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #stop(): void {
    if (this.#running === null || this.#running.isStopped) return;
    this.#running.isStopped = true;
    this.#api.call("RunOptionsSetTerminate", this.#runOptions);
  }

  #collect(rows: number): PassResult {
    const api = this.#api;
    const count = new BigUint64Array(1);
    const array = new BigUint64Array(1);
    api.call("GetBoundOutputValues", this.#binding, this.#allocator, array, count);
    const size = Number(count[0]!);
    const values = [...new BigUint64Array(bytesAt(array[0]!, size * 8).slice().buffer)];
    api.call("AllocatorFree", this.#allocator, array[0]!);
    for (const value of values) this.#holdings.hold(value, "ReleaseValue");
    const { slots, taps } = this.#wiring;
    // The values are in the order in which their names were bound first: logits, cache, taps.
    const cache = values.slice(1, 1 + slots.length)
      .map((value, i): FfiKept => ({ value, dims: dimsOf(api, value, this.#ranks[i]!) }));
    const logits = rows > 0 ? lastRowsOf(api, values[0]!, rows) : [];
    const tapped = new Map(
      taps.map((name, i) => [name, tappedOf(api, values[this.#tapsAt[i]!]!)]),
    );
    for (const value of [values[0]!, ...values.slice(1 + slots.length)]) this.#holdings.free(value);
    return { logits, cache, taps: tapped };
  }

  #name(name: string): Address {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const address = this.#holdings.copy(cString(name));
    this.#names.set(name, address);
    return address;
  }
}
