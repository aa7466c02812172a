/**
 * Files of `/sys`, read through libc: Deno refuses `/sys` to any program without `--allow-all`, even
 * with `--allow-read` for the very file (shared notes on Deno, section 5).
 */
export class KernelFiles implements Disposable {
  readonly #libc: ReturnType<typeof openLibc>;
  readonly #descriptors = new Map<string, number>();
  readonly #buffer = new Uint8Array(256);

  /** Throws `Error` where libc cannot be loaded: on other systems, or without `--allow-ffi`. */
  constructor() {
    this.#libc = openLibc();
  }

  /** Whether there is such a file. */
  exists(path: string): boolean {
    return this.#libc.symbols.access(nulEnded(path), F_OK) === 0;
  }

  /** Whether this user may read it. */
  isReadable(path: string): boolean {
    return this.#libc.symbols.access(nulEnded(path), R_OK) === 0;
  }

  /**
   * The short text in a file as it is now, or `null` where it cannot be read. The file stays open:
   * the kernel writes its text anew for each reading from the start.
   */
  read(path: string): string | null {
    let descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) {
      descriptor = this.#libc.symbols.open(nulEnded(path), O_RDONLY | O_CLOEXEC);
      if (descriptor < 0) return null;
      this.#descriptors.set(path, descriptor);
    }
    const length = Number(
      this.#libc.symbols.pread(descriptor, this.#buffer, BigInt(this.#buffer.length), 0n),
    );
    if (length < 0) return null;
    return new TextDecoder().decode(this.#buffer.subarray(0, length)).trim();
  }

  /** Closes all files. */
  [Symbol.dispose](): void {
    for (const descriptor of this.#descriptors.values()) this.#libc.symbols.close(descriptor);
    this.#descriptors.clear();
    this.#libc.close();
  }
}

// <fcntl.h> and <unistd.h> of Linux, the same on x86-64 and arm64.
const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000;
const F_OK = 0;
const R_OK = 4;

function openLibc() {
  return Deno.dlopen("libc.so.6", {
    access: { parameters: ["buffer", "i32"], result: "i32" },
    open: { parameters: ["buffer", "i32"], result: "i32" },
    pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
    close: { parameters: ["i32"], result: "i32" },
  });
}

function nulEnded(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
