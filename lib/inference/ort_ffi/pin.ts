/**
 * Keeping a shared library in memory as long as the process lasts.
 *
 * @module
 */
import { cString } from "./api.ts";

/** The C library with `dlopen`; before glibc 2.34 it is in a library of its own. */
const C_LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libc.so.6", "libdl.so.2"],
  darwin: ["libSystem.B.dylib"],
};
const RTLD_NOW = 2;

/**
 * Takes a reference to an open library that nobody gives back. When a worker ends, Deno closes what it
 * has opened; were that the last reference, the code would go while a pass, or a thread of the
 * runtime's own, is in it. Where it cannot be taken, the worker must not be ended in a pass.
 */
export function pin(path: string): void {
  for (const name of C_LIBRARIES[Deno.build.os] ?? []) {
    try {
      const { symbols } = Deno.dlopen(name, {
        dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
      });
      if (symbols.dlopen(cString(path), RTLD_NOW) !== null) return;
    } catch {
      continue; // it is not there, or lacks the function
    }
  }
}
