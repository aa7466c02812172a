/**
 * How much the last-level cache of this machine holds, as its C library says.
 *
 * @module
 */

// <bits/confname.h> of glibc: _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE.
const LINUX_NAMES = [194, 191];
// Apple's chips have no level 3; their system-level cache is not told, so this is the cores' own.
const APPLE_NAMES = ["hw.l3cachesize", "hw.perflevel0.l2cachesize", "hw.l2cachesize"];

/** Bytes of the last-level cache; `null` where nobody says, or Deno may not ask (`--allow-ffi`). */
export function lastLevelCacheBytes(): number | null {
  try {
    if (Deno.build.os === "linux") return onLinux();
    if (Deno.build.os === "darwin") return onApple();
    return null;
  } catch {
    return null;
  }
}

function onLinux(): number | null {
  const libc = Deno.dlopen("libc.so.6", { sysconf: { parameters: ["i32"], result: "isize" } });
  try {
    const sizes = LINUX_NAMES.map((name) => Number(libc.symbols.sysconf(name)));
    return sizes.find((bytes) => bytes > 0) ?? null;
  } finally {
    libc.close();
  }
}

function onApple(): number | null {
  const libc = Deno.dlopen("/usr/lib/libSystem.B.dylib", {
    sysctlbyname: {
      parameters: ["buffer", "buffer", "buffer", "pointer", "usize"],
      result: "i32",
    },
  });
  try {
    for (const name of APPLE_NAMES) {
      const value = new BigUint64Array(1);
      const length = new BigUint64Array([8n]);
      const text = new TextEncoder().encode(`${name}\0`);
      const failed = libc.symbols.sysctlbyname(text, value, length, null, 0n) !== 0;
      if (!failed && value[0]! > 0n) return Number(value[0]);
    }
    return null;
  } finally {
    libc.close();
  }
}
