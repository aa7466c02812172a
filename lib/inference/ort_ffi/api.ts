/**
 * ONNX Runtime's C functions, each with its status checked.
 *
 * @module
 */
import { CHECKED, GET_ERROR_MESSAGE, RELEASES } from "./slots.ts";

/** A handle of the runtime, or an address. */
export type Address = bigint;

/** What a C function can be given. */
export type Argument = number | bigint | BufferSource;

/** Names of functions whose status is checked. */
export type Checked = keyof typeof CHECKED;
/** Names of functions that free. */
export type Release = keyof typeof RELEASES;

/** A slot that is empty, or a library that cannot be used. */
export class UnusableLibrary extends Error {
  override name = "UnusableLibrary";
}

/** A C function. */
export type Call = (...args: Argument[]) => unknown;

/** Makes a C function callable; Deno's types follow signatures, which are looked up by name here. */
export function callable(pointer: Deno.PointerObject, definition: Deno.ForeignFunction): Call {
  const found = new Deno.UnsafeFnPointer(pointer as Deno.PointerObject<never>, definition);
  return (...args) => found.call(...args as never[]);
}

/** The table of functions of a library. */
export class OrtApi {
  readonly #functions = new Map<string, Call>();
  readonly #aside = new Map<string, Call>();
  readonly #message: Call;

  /** Takes all functions out of the table at once, so that none is missed later. */
  constructor(table: Deno.PointerObject) {
    const view = new Deno.UnsafePointerView(table);
    const slot = (name: string, index: number): Deno.PointerObject => {
      const pointer = view.getPointer(index * 8);
      if (pointer === null) throw new UnusableLibrary(`its function ${name} is missing`);
      return pointer;
    };
    for (const [name, [index, ...parameters]] of Object.entries(CHECKED)) {
      const pointer = slot(name, index);
      this.#functions.set(name, callable(pointer, { parameters, result: "u64" }));
      if (name !== "RunWithBinding" && name !== "CreateSession") continue;
      this.#aside.set(name, callable(pointer, { parameters, result: "u64", nonblocking: true }));
    }
    for (const [name, index] of Object.entries(RELEASES)) {
      this.#functions.set(
        name,
        callable(slot(name, index), { parameters: ["u64"], result: "void" }),
      );
    }
    this.#message = callable(slot("GetErrorMessage", GET_ERROR_MESSAGE), {
      parameters: ["u64"],
      result: "u64",
    });
  }

  /** Calls a function; throws what its status says. */
  call(name: Checked, ...args: Argument[]): void {
    this.#check(this.#functions.get(name)!(...args) as bigint);
  }

  /**
   * Calls a function on another thread. A worker may be ended while it runs, and its memory with it:
   * it takes addresses of native memory only.
   */
  async callAside(name: "RunWithBinding" | "CreateSession", ...args: Address[]): Promise<void> {
    this.#check(await this.#aside.get(name)!(...args) as bigint);
  }

  /** Calls a function whose last parameter is where it writes a handle, a count or an address. */
  make(name: Checked, ...args: Argument[]): Address {
    const out = new BigUint64Array(1);
    this.call(name, ...args, out);
    return out[0]!;
  }

  /** Frees what a handle stands for. */
  release(name: Release, handle: Address): void {
    this.#functions.get(name)!(handle);
  }

  #check(status: bigint): void {
    if (status === 0n) return;
    const message = textAt(this.#message(status) as Address);
    this.release("ReleaseStatus", status);
    throw new Error(message);
  }
}

/** A text as C has it, with a zero at its end. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** The text at an address; empty for the null pointer. */
export function textAt(address: Address): string {
  const pointer = Deno.UnsafePointer.create(address);
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

/** The memory at an address, to be used only while it is not freed. */
export function bytesAt(address: Address, length: number): Uint8Array<ArrayBuffer> {
  const pointer = Deno.UnsafePointer.create(address);
  if (pointer === null || length === 0) return new Uint8Array(0);
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, length));
}
