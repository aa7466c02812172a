/**
 * Where and on what the benchmark ran: a ratio holds for its machine and versions.
 *
 * @module
 */
import { cpus, release, type } from "node:os";
import { transformersVersions } from "./transformers_peer.ts";

/** A machine and the versions on it. */
export interface Machine {
  cpu: string;
  logicalCpus: number;
  os: string;
  deno: string;
  onnxruntimeNode: string;
  /** `null` where it cannot be loaded, as with the root's deno.json. */
  transformers: {
    version: string;
    /** The version that it brings for itself. */
    onnxruntimeNode: string;
  } | null;
}

/** Describes this machine. */
export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  const { env } = await import("onnxruntime-node");
  const transformers = await transformersVersions().catch(() => null);
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    logicalCpus: processors.length,
    os: `${type()} ${release()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
    onnxruntimeNode: env.versions.node ?? "unknown",
    transformers,
  };
}

/** The commit that is checked out, and whether the library differs from it; `null` without Git. */
export async function describeCommit(): Promise<string | null> {
  const commit = await git("rev-parse", "--short", "HEAD");
  if (commit === null) return null;
  const changes = await git(
    "status",
    "--porcelain",
    "--",
    "lib",
    "mod.ts",
    "tasks/bench",
  );
  return changes === "" ? commit : `${commit} with changes`;
}

async function git(...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args,
      cwd: new URL("../..", import.meta.url),
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null; // no git here
  }
}
