import { EXIT } from "./command.ts";

/** A signal that Ctrl-C aborts. A second Ctrl-C quits at once. */
export function interruptible(): AbortSignal & Disposable {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
    console.error("\nStopping after this token, and keeping what was measured (Ctrl-C: quit now)");
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
