import { cpus } from "node:os";

/** The machine that a run was measured on. `null` is what this process was not allowed to ask. */
export interface RunHost {
  /** Its name in the network. */
  hostname: string | null;
  /** `darwin`, `linux`, … */
  os: string;
  /** Release of the kernel. */
  osRelease: string | null;
  /** `aarch64`, `x86_64`. */
  arch: string;
  /** "Apple M4 Max", … */
  chip: string | null;
  /** Memory of the whole machine. */
  memoryBytes: number | null;
  /** The process that wrote the run. */
  pid: number;
  /** When that process, or the Worker in it, began; with `pid` it names one process. */
  processStartedAtMs: number;
}

/** Describes this machine, without ever prompting for a permission. */
export function thisHost(): RunHost {
  return {
    hostname: ifAllowed("hostname", () => Deno.hostname()),
    os: Deno.build.os,
    osRelease: ifAllowed("osRelease", () => Deno.osRelease()),
    arch: Deno.build.arch,
    chip: ifAllowed("cpus", () => cpus()[0]?.model.trim() || null),
    memoryBytes: ifAllowed("systemMemoryInfo", () => Deno.systemMemoryInfo().total),
    pid: Deno.pid,
    processStartedAtMs: performance.timeOrigin,
  };
}

function ifAllowed<T>(
  kind: "hostname" | "osRelease" | "cpus" | "systemMemoryInfo",
  ask: () => T,
): T | null {
  // Asking first: a denied call prompts on a terminal, in the middle of somebody's output.
  if (Deno.permissions.querySync({ name: "sys", kind }).state !== "granted") return null;
  try {
    return ask();
  } catch {
    return null;
  }
}
