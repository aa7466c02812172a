/**
 * One press of Ctrl-C arrives several times: the terminal sends it to the whole process group, and
 * `deno task` and npx pass theirs on.
 */
const ONE_PRESS_MS = 500;

/**
 * A signal that Ctrl-C aborts. A second Ctrl-C quits at once. `stopping` tells the user meanwhile
 * what is still done and what is kept.
 *
 * The second is left to the system: `Deno.exit()` may wait for ever where telemetry is on
 * (`endProcess()` says why). A signal is answered by a thread of Deno's own, so that this one can
 * go on telling what is being collected.
 */
export function interruptible(
  stopping = "Stopping after this token, and keeping what was measured",
): AbortSignal & Disposable {
  const controller = new AbortController();
  const kinds: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const release = () => {
    for (const kind of kinds) Deno.removeSignalListener(kind, stop);
  };
  const stop = () => {
    if (controller.signal.aborted) return;
    console.error(`\n${stopping} (Ctrl-C: quit now)`);
    Deno.unrefTimer(setTimeout(release, ONE_PRESS_MS));
    controller.abort();
  };
  for (const kind of kinds) Deno.addSignalListener(kind, stop);
  return Object.assign(controller.signal, { [Symbol.dispose]: release });
}
