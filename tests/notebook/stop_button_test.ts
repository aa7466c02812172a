import { ok, strictEqual } from "node:assert/strict";
import { interruptSignal } from "../../lib/notebook/mod.ts";
import { StopButton } from "../../lib/notebook/stop_button.ts";

Deno.test("StopButton installs one listener, on first use", () => {
  let listeners = 0;
  const button = new StopButton(() => listeners++);
  strictEqual(listeners, 0);
  button.signal();
  button.signal();
  strictEqual(listeners, 1);
});

Deno.test("StopButton aborts the runs that are under way and no later one", () => {
  let press = () => {};
  const button = new StopButton((listener) => press = listener);
  const first = button.signal();
  press();
  ok(first.aborted);
  strictEqual((first.reason as DOMException).name, "AbortError");
  const second = button.signal();
  ok(!second.aborted);
  press();
  ok(second.aborted);
});

Deno.test("interruptSignal() leaves Ctrl-C to programs that are no notebook", async () => {
  ok(!interruptSignal().aborted);
  const code = `import { interruptSignal } from "${new URL(
    "../../lib/notebook/mod.ts",
    import.meta.url,
  )}"; interruptSignal(); Deno.kill(Deno.pid, "SIGINT"); setTimeout(() => {}, 60_000);`;
  const { signal } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  strictEqual(signal, "SIGINT");
});

Deno.test("interruptSignal() in a notebook survives SIGINT, more than once", async () => {
  // A stand-in for the kernel: what marks one is that `Deno.jupyter` can be read.
  const code = `const jupyter = { value: { display() {} } };
    Object.defineProperty(globalThis, "Deno", { value: Object.create(Deno, { jupyter }) });
    const { interruptSignal } = await import("${new URL(
    "../../lib/notebook/mod.ts",
    import.meta.url,
  )}");
    for (let press = 0; press < 2; press++) {
      const signal = interruptSignal();
      const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
      Deno.kill(Deno.pid, "SIGINT");
      await stopped;
    }
    console.log("alive");
    Deno.exit(0);`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] })
    .output();
  strictEqual(new TextDecoder().decode(stdout), "alive\n", new TextDecoder().decode(stderr));
});
