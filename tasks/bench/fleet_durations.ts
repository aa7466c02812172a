/**
 * Reports of a fleet: DuckDB over Parquet, the whole task with its start.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { nowMs } from "@tokenwatt/tokenwatt";
import { denoProgram } from "./deno_peer.ts";
import type { DurationMeasure } from "./duration.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Both reports. */
export const FLEET_DURATIONS: readonly DurationMeasure[] = [
  report("regressions", 2000),
  report("hosts", null),
];

function report(name: string, budgetMs: number | null): DurationMeasure {
  return {
    name: `fleet-${name}`,
    title: `\`deno task fleet DIR --report ${name}\`, with its start`,
    given: "1,000 Parquet runs of 20 hosts",
    budgetMs,
    rounds: 12,
    watchesLoad: false, // it is a process of its own
    whyNot: whyNoDuckdb,
    async open() {
      const { fleetFolder } = await import("./fleet/made.ts");
      const folder = await fleetFolder();
      return {
        async timed() {
          const startMs = nowMs();
          const { success, says } = await fleet([folder, "--report", name]);
          if (!success) throw new Error(`Cannot time ${name}: ${says}`);
          return { ms: nowMs() - startMs };
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}

async function whyNoDuckdb(): Promise<string | null> {
  const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-bench-" });
  try {
    const { success, says } = await fleet([folder, "--sql", "SELECT 1"]);
    return success ? null : `DuckDB cannot be had: ${says}`;
  } finally {
    Deno.removeSync(folder);
  }
}

/** The task, with the flags that deno.json gives it. */
async function fleet(args: readonly string[]): Promise<{ success: boolean; says: string }> {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const [, ...flags] = (tasks.fleet as string).split(" ");
  const { success, stderr } = await new Deno.Command(denoProgram(), {
    args: [...flags, ...args],
    cwd: ROOT,
  }).output();
  return { success, says: new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "" };
}
