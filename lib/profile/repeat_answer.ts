import { nowMs } from "../clock.ts";
import { generate, generateBatch, type OpenedSession } from "../inference/mod.ts";
import type { Model } from "../model/mod.ts";
import type { Section, TokenEvent } from "../record.ts";
import type { Prompt, RepeatOrder, SequenceAnswer } from "./messages.ts";
import type { Outbox } from "./outbox.ts";

/** A model that can be run, and whether it is to stop. */
export interface Opened {
  model: Model;
  session: OpenedSession;
  stopped: () => boolean;
  /** Aborts when it is to stop, where the session can be ended inside of a pass. */
  signal: AbortSignal | undefined;
}

/** A long prompt's prefill would take too long for a run-up. */
const LEAD_TOKENS = 32;

/** Generates the answer again and again, and tells each token of it. */
export class AnswerLoop {
  readonly #opened: Opened;
  readonly #outbox: Outbox;
  #prefillMs = 0;

  constructor(opened: Opened, outbox: Outbox) {
    this.#opened = opened;
    this.#outbox = outbox;
  }

  /** Repeats the answer for as long as was asked, between two run-ups. Returns whether it was stopped. */
  async repeat(order: RepeatOrder): Promise<boolean> {
    await this.#work(order);
    const beganMs = nowMs();
    let longestMs = 0;
    for (let index = 0;; index++) {
      const spentMs = nowMs() - beganMs;
      const isEnough = index >= order.least && spentMs >= order.leastMs;
      const isTooMuch = index > 0 && spentMs + longestMs > order.mostMs;
      if (isEnough || isTooMuch) break;
      const startMs = nowMs();
      if (await this.#once(order, index)) return true;
      longestMs = Math.max(longestMs, nowMs() - startMs);
    }
    await this.#work(order);
    this.#outbox.send();
    return false;
  }

  /** Generates for a while, unmeasured. */
  async #work(order: RepeatOrder): Promise<void> {
    const { prompt, leadMs, seed, tellsPhases } = order;
    if (leadMs <= 0) return;
    const { session, stopped } = this.#opened;
    const model = reading(this.#opened.model, order);
    const leads = (order.batch ?? [order.ids ?? prompt])
      .map((one) =>
        (typeof one === "string" ? model.tokenizer.encode(one) : one).slice(0, LEAD_TOKENS)
      );
    const options = { session, seed, ignoreEos: true };
    const endMs = nowMs() + leadMs;
    if (tellsPhases) this.#outbox.answer({ type: "phase", phase: "decode", atMs: nowMs() });
    while (nowMs() < endMs) {
      const steps = leads.length > 1
        ? generateBatch(model, leads, options)
        : generate(model, leads[0]!, options);
      for await (const _step of steps) {
        if (nowMs() >= endMs || stopped()) return;
      }
    }
  }

  /** Generates the answer once. Returns whether it was stopped. */
  async #once(order: RepeatOrder, repetition: number): Promise<boolean> {
    const outbox = this.#outbox;
    const startMs = nowMs();
    const { tellsPhases } = order;
    if (tellsPhases) outbox.answer({ type: "phase", phase: "prefill", atMs: startMs });
    outbox.pending.begun = { index: repetition, startMs };
    if (!outbox.canWait(this.#prefillMs)) outbox.send();
    let stopped = false;
    try {
      for await (const token of this.#answering(order, repetition)) {
        outbox.pending.tokens.push({ ...token, repetition });
        if (token.index === 0) {
          this.#prefillMs = token.endMs - token.startMs;
          if (tellsPhases) outbox.answer({ type: "phase", phase: "decode", atMs: token.endMs });
        }
        if (outbox.isDue) outbox.send();
        stopped = this.#opened.stopped();
        if (stopped) break;
      }
    } catch (error) {
      if (!this.#opened.stopped()) throw error;
      stopped = true; // in the middle of a pass
    }
    outbox.pending.begun = null;
    outbox.pending.repetitions.push({ index: repetition, startMs, endMs: nowMs() });
    if (stopped) outbox.send();
    return stopped;
  }

  /** The tokens of one answer; of a batch, its steps, each with the first text's token. */
  async *#answering(order: RepeatOrder, repetition: number): AsyncGenerator<TokenEvent> {
    const { session, signal } = this.#opened;
    const outbox = this.#outbox;
    const model = reading(this.#opened.model, order);
    const { prompt, batch, maxNewTokens, prefillChunk, temperature, topK, topP, seed } = order;
    const options = {
      ...{ session, signal, maxNewTokens, prefillChunk, temperature, topK, topP, seed },
      onSection: (section: Section) => outbox.pending.sections.push({ ...section, repetition }),
    };
    if (batch === undefined) return yield* generate(model, prompt, options);
    const answers = batch.map((): SequenceAnswer => ({ generatedTokens: 0, response: "" }));
    let id = 0;
    for await (const { tokens, ...step } of generateBatch(model, batch, options)) {
      tokens.forEach((token, row) => {
        answers[row]!.generatedTokens += token === null ? 0 : 1;
        answers[row]!.response += token?.text ?? "";
      });
      if (repetition === 0) outbox.pending.answers = answers;
      id = tokens[0]?.id ?? id;
      yield { ...step, id, text: tokens[0]?.text ?? "" };
    }
  }
}

/** The model as it reads this prompt. Ids instead of text would leave tokenizing unmeasured. */
export function reading(model: Model, { addSpecialTokens, ids }: Prompt): Model {
  const { tokenizer } = model;
  const encode = (text: string) => ids ?? tokenizer.encode(text, { addSpecialTokens });
  return { ...model, tokenizer: { ...tokenizer, encode } };
}
