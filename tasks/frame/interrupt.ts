import { nowMs } from "../../lib/clock.ts";
import { EXIT } from "./command.ts";

/**
 * One press of Ctrl-C arrives several times: the terminal sends it to the whole process group, and
 * `deno task` and npx pass theirs on.
 */
const ONE_PRESS_MS = 500;

/**
 * A signal that Ctrl-C aborts. A second Ctrl-C quits at once. `stopping` tells the user meanwhile
 * what is still done and what is kept.
 */
export function interruptible(
  stopping = "Stopping after this token, and keeping what was measured",
): AbortSignal & Disposable {
  const controller = new AbortController();
  let pressedMs = -Infinity;
  const stop = () => {
    const sinceMs = nowMs() - pressedMs;
    pressedMs = nowMs();
    if (sinceMs < ONE_PRESS_MS) return;
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
    console.error(`\n${stopping} (Ctrl-C: quit now)`);
    controller.abort();
  };
  const kinds: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const kind of kinds) Deno.addSignalListener(kind, stop);
  return Object.assign(controller.signal, {
    [Symbol.dispose]: () => {
      for (const kind of kinds) Deno.removeSignalListener(kind, stop);
    },
  });
}
