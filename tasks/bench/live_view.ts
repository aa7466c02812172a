/**
 * `generate()` with a live view that is told of each token, in what it takes for a notebook.
 *
 * @module
 */
import { generate, inNotebook, liveView, openSession } from "@tokenwatt/tokenwatt";
import type { BenchModel } from "./bench_models.ts";
import type { Contestant } from "./contest.ts";

/** Both sides on one session: without a live view, and with one. */
export async function liveViewSides(
  { model, prompt, maxNewTokens }: BenchModel,
  threads: number,
): Promise<{ base: Contestant; subject: Contestant } & AsyncDisposable> {
  const session = await openSession(model, { threads });
  const options = { maxNewTokens, session, prefillChunk: prompt.length };
  const answer = async (onToken: (text: string, tokens: number, phase: string) => void) => {
    const ids: number[] = [];
    const endsMs: number[] = [];
    let text = "";
    for await (const token of generate(model, prompt, options)) {
      ids.push(token.id);
      endsMs.push(token.endMs);
      onToken(text += token.text, ids.length, token.phase);
    }
    return { ids, endsMs };
  };
  return {
    base: { answer: () => answer(() => {}) },
    subject: {
      async answer() {
        using _kernel = kernelStandIn();
        const view = liveView();
        const answered = await answer((text, tokens, phase) =>
          view.update({ phase, text, tokens, tokensPerSecond: 20, powerMw: 4200 + tokens })
        );
        await view.end();
        return answered;
      },
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

/** What marks a kernel is that `Deno.jupyter` can be read. It packs each output as the true one does. */
function kernelStandIn(): Disposable {
  const own = globalThis.Deno;
  const encoder = new TextEncoder();
  const display = (bundle: object) => Promise.resolve(void encoder.encode(JSON.stringify(bundle)));
  const value = Object.create(own, { jupyter: { value: { display } } });
  Object.defineProperty(globalThis, "Deno", { value, configurable: true, writable: true });
  if (!inNotebook()) throw new Error("The stand-in of the kernel is not taken for one");
  return {
    [Symbol.dispose]: () => {
      Object.defineProperty(globalThis, "Deno", { value: own, configurable: true, writable: true });
    },
  };
}
