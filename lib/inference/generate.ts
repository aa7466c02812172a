/**
 * Answering a prompt, one token at a time.
 *
 * @module
 */
import { nowMs } from "../clock.ts";
import type { Model } from "../model/mod.ts";
import type { Section, TokenEvent } from "../record.ts";
import { openAttached } from "./attached.ts";
import type { Session, SessionOptions } from "./engine.ts";
import { checkIds, chunkLength, roomAfter } from "./prompt.ts";
import { fixedCut, timedCut } from "./prompt_cut.ts";
import { createSampler, type SamplingOptions } from "./sampling.ts";
import { stepTimer } from "./step_timer.ts";
import { checkLength, stopTokens } from "./stopping.ts";
import { TextStream } from "./text_stream.ts";

/** How to answer a prompt. */
export interface GenerateOptions extends SamplingOptions, SessionOptions {
  /** Tokens to generate at most; default 64. The model's context may end earlier. */
  maxNewTokens?: number | undefined;
  /** Tokens that end the answer; default: the model's own end tokens. */
  stopTokenIds?: readonly number[] | undefined;
  /** Goes on after the model's own end tokens. */
  ignoreEos?: boolean | undefined;
  /**
   * Tokens of the prompt that one pass takes; default 512, which bounds the memory of a long prefill.
   * With a `signal` and an engine that cannot stop inside a pass, the default is as many as take
   * 75 ms. A graph that cannot continue its cache with several tokens takes the prompt
   * whole by default, and refuses chunks that are asked for.
   */
  prefillChunk?: number | undefined;
  /**
   * Stops, also inside a long prefill: the iteration throws the signal's reason. It is seen when the
   * thread is free, which with `ort-node` it is between two passes.
   */
  signal?: AbortSignal | undefined;
  /** A session to use; its cache is reset first and it is not released. Default: one of its own. */
  session?: Session | undefined;
  /**
   * Called with every section of work, when it has ended. A pass is two: `tensors`, the making of its
   * inputs, and `forward`; a long prompt has several passes.
   */
  onSection?: ((section: Section) => void) | undefined;
  /** Called with the prompt's ids before the prefill. */
  onPrompt?: ((ids: readonly number[]) => void) | undefined;
}

/**
 * Generates an answer and yields each token with the time that it took.
 *
 * Token 0 comes out of the prefill and its span is the prefill. The span of a later token starts
 * when the consumer asks for it. The texts of all tokens add up to the text of the answer; a stop
 * token is the last event.
 *
 * @param model The model that answers.
 * @param prompt Text, or ids as they are.
 * @param options Length, sampling, stopping, session.
 * @returns The tokens, in order; leaving the loop early releases what was opened.
 * @throws {InputError} Where an option or the prompt cannot be used with this model.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { generate, loadModel } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * let text = "";
 * for await (const token of generate(model, "Once upon a time", { maxNewTokens: 4 })) {
 *   assert(token.endMs > token.startMs);
 *   text += token.text;
 * }
 * assert(text === ", a brave fox");
 * ```
 */
export async function* generate(
  model: Model,
  prompt: string | readonly number[],
  options: GenerateOptions = {},
): AsyncGenerator<TokenEvent, void, void> {
  const { signal, prefillChunk } = options;
  const maxNewTokens = checkLength(options.maxNewTokens);
  const sample = createSampler(options);
  const stopIds = stopTokens(model, options);
  const { tell, tellPass } = stepTimer(options.onSection);
  signal?.throwIfAborted();

  const tokenizeMs = nowMs();
  const ids = typeof prompt === "string" ? model.tokenizer.encode(prompt) : [...prompt];
  tell("pre_inference", "tokenize", tokenizeMs, nowMs());
  checkIds(model, ids);
  roomAfter(model, ids.length);
  options.onPrompt?.(ids);

  let setupMs = nowMs();
  const { session, onToken } = options.session === undefined
    ? await openAttached(model, options)
    : { session: options.session, onToken: () => {} };
  try {
    if (options.session === undefined) tell("pre_inference", "session_open", setupMs, nowMs());
    setupMs = nowMs();
    const room = roomAfter(model, ids.length, session.capacity);
    const count = Math.min(maxNewTokens, room);
    const cut = signal !== undefined && prefillChunk === undefined && !session.stopsInside
      ? await timedCut(session, ids.length)
      : fixedCut(await chunkLength(model, session, ids.length, prefillChunk));
    session.reset(ids.length + count);
    tell("pre_inference", "cache_setup", setupMs, nowMs());

    const stream = new TextStream(model.tokenizer, ids);
    let input: readonly number[] = ids;
    for (let index = 0; index < count; index++) {
      signal?.throwIfAborted();
      const phase = index === 0 ? "prefill" : "decode";
      const startMs = nowMs();
      let passMs = startMs;
      while (input.length > cut.length) {
        const taken = cut.length;
        await session.extend(input.slice(0, taken), signal);
        input = input.slice(taken);
        const endMs = nowMs();
        tellPass(phase, passMs, session.fedMs, endMs);
        cut.took(endMs - passMs);
        passMs = endMs;
        signal?.throwIfAborted();
      }
      const logits = await session.run(input, signal);
      const forwardMs = nowMs();
      const { fedMs } = session;
      const id = sample(logits);
      const sampledMs = nowMs();
      let text = stream.push(id);
      const endMs = nowMs();
      tellPass(phase, passMs, fedMs, forwardMs);
      tell(phase, "sampling", forwardMs, sampledMs);
      tell(phase, "detokenize", sampledMs, endMs);
      const isLast = index + 1 === count || stopIds.has(id);
      if (isLast) {
        text += stream.flush();
        tell("post_inference", "detokenize", endMs, nowMs());
      }
      const token: TokenEvent = { index, id, text, phase, startMs, endMs };
      onToken(token);
      yield token;
      if (isLast) return;
      input = [id];
    }
  } finally {
    if (options.session === undefined) {
      const released = session.release();
      // A pass that was stopped goes on until its operation ends; who stopped it need not wait.
      if (signal?.aborted && session.stopsInside) released.catch(() => {});
      else await released;
    }
  }
}
