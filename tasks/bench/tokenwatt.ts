/**
 * Our own side: `generate()`, alone or with the power monitor beside it.
 *
 * @module
 */
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineName, generate, openSession, PowerMonitor } from "@tokenwatt/tokenwatt";
import type { BenchModel } from "./bench_models.ts";
import type { Contestant } from "./contest.ts";

const STAND_IN = fileURLToPath(new URL("stand_in", import.meta.url));

/** Opens a session and answers with `generate()`. */
export async function tokenwatt(
  { model, prompt, maxNewTokens }: BenchModel,
  threads: number,
  engine: EngineName = "ort-node",
): Promise<Contestant & AsyncDisposable> {
  const session = await openSession(model, { threads, engine });
  if (session.engineNote !== null) throw new Error(`Cannot compare engines: ${session.engineNote}`);
  return {
    async answer() {
      const ids: number[] = [];
      const endsMs: number[] = [];
      // In one pass, as the others do: cut otherwise, rounding may tip the choice between two tokens.
      const options = { maxNewTokens, session, prefillChunk: prompt.length };
      for await (const token of generate(model, prompt, options)) {
        ids.push(token.id);
        endsMs.push(token.endMs);
      }
      return { ids, endsMs };
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

/** The same contestant with a power monitor beside it, at ten records a second. */
export function withMonitor(
  contestant: Contestant,
  source: "estimate" | "powermetrics",
): Contestant {
  if (source === "powermetrics") useStandIn();
  return {
    answer: () => contestant.answer(),
    async during() {
      const monitor = new PowerMonitor({ source, intervalMs: 100 });
      await monitor.start();
      return monitor;
    },
  };
}

// Found before the true sudo: what it starts writes records as a M4 Max does, on any machine.
function useStandIn(): void {
  const path = Deno.env.get("PATH") ?? "";
  if (!path.startsWith(STAND_IN)) Deno.env.set("PATH", `${STAND_IN}${delimiter}${path}`);
}
