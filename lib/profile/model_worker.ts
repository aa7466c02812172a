/// <reference lib="deno.worker" />
import { nowMs } from "../clock.ts";
import { plainError } from "../errors.ts";
import { generate, generateBatch, type OpenedSession, openSession } from "../inference/mod.ts";
import { loadModel, type Model } from "../model/mod.ts";
import { explain } from "./explain.ts";
import type { RepeatedBlock } from "../energy/mod.ts";
import { amplifyLoops } from "./amplify/mod.ts";
import type {
  AmplifyOrder,
  Answer,
  Batch,
  ExplainOrder,
  LoadOrder,
  Order,
  Prompt,
  RepeatOrder,
  ResolveOrder,
  SequenceAnswer,
} from "./messages.ts";
import type { Section, TokenEvent } from "../record.ts";
import { Steps, sweepSteps } from "./resolve/mod.ts";

/** How often what happened is sent on. */
const BATCH_MS = 150;

let opened: {
  model: Model;
  session: OpenedSession;
  stop: Int32Array;
  /** Aborts when `stop` is set, where the session can be ended inside of a pass. */
  signal: AbortSignal | undefined;
} | null = null;

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  try {
    if (data.type === "load") await load(data);
    else if (data.type === "repeat") await repeat(data);
    else if (data.type === "release") await release();
    else if (data.type === "resolve") await resolveTokens(data);
    else if (data.type === "amplify") await amplify(data);
    else await tellInside(data);
  } catch (error) {
    send(); // what was generated until then
    answer({ type: "failed", ...plainError(error) });
  }
};

async function load(order: LoadOrder): Promise<void> {
  const startMs = nowMs();
  const model = await loadModel(order.path, defined({ precision: order.precision }));
  const { lengths } = order;
  const session = await openSession(model, order);
  const endMs = nowMs();
  if (lengths.length > 1) {
    const longest = Math.max(...lengths);
    await session.resetBatch(lengths.map((length) => longest - length), longest + 1);
  }
  const stop = new Int32Array(order.stop);
  opened = { model, session, stop, signal: session.stopsInside ? signalOf(stop) : undefined };
  const { engine, engineNote, provider } = session;
  answer({ type: "loaded", startMs, endMs, engine, engineNote, provider });
}

function signalOf(stop: Int32Array): AbortSignal {
  const controller = new AbortController();
  const { async, value } = Atomics.waitAsync(stop as Int32Array<SharedArrayBuffer>, 0, 0);
  if (async) value.then(() => controller.abort());
  else controller.abort();
  return controller.signal;
}

async function repeat(order: RepeatOrder): Promise<void> {
  if (!opened) throw new Error("Cannot generate before the model is loaded");
  await work(order);
  const beganMs = nowMs();
  let longestMs = 0;
  for (let index = 0;; index++) {
    const spentMs = nowMs() - beganMs;
    const isEnough = index >= order.least && spentMs >= order.leastMs;
    const isTooMuch = index > 0 && spentMs + longestMs > order.mostMs;
    if (isEnough || isTooMuch) break;
    const startMs = nowMs();
    if (await once(order, index)) return answer({ type: "repeated", interrupted: true });
    longestMs = Math.max(longestMs, nowMs() - startMs);
  }
  await work(order);
  send();
  answer({ type: "repeated", interrupted: false });
}

async function release(): Promise<void> {
  await opened?.session.release();
  answer({ type: "released" });
}

/** Repeats steps, each many times in a row. */
async function resolveTokens(order: ResolveOrder): Promise<void> {
  if (!opened) throw new Error("Cannot repeat steps before the model is loaded");
  const { session, stop } = opened;
  const prompt = reading(opened.model, order).tokenizer.encode(order.prompt);
  const steps = await Steps.begin(session, { ...order, prompt });
  let blocks: RepeatedBlock[] = [];
  const sendBlocks = () => {
    answer({ type: "steps", blocks });
    blocks = [];
    sentMs = nowMs();
  };
  const interrupted = await sweepSteps(steps, order.blocks, order.leadMs, {
    onBlock: (block) => {
      blocks.push(block);
      if (nowMs() - sentMs > BATCH_MS) sendBlocks();
    },
    onPhase: (phase, atMs) => {
      if (order.tellsPhases) answer({ type: "phase", phase, atMs });
    },
    stopped: () => Atomics.load(stop, 0) === 1,
  });
  sendBlocks();
  answer({ type: "resolved", interrupted, check: steps.check });
}

/** Explains the answer. Two sessions would hold the weights twice: the measured one has done its work. */
async function tellInside(order: ExplainOrder): Promise<void> {
  if (!opened) throw new Error("Cannot explain before the model is loaded");
  const { model, session, stop } = opened;
  await session.release();
  const explained = await explain(
    model,
    order,
    () => Atomics.load(stop, 0) === 1,
    tellProgress,
  );
  answer({ type: "explained", ...explained });
}

/** Repeats the work of components. It holds the weights once, as the measured session has gone. */
async function amplify(order: AmplifyOrder): Promise<void> {
  if (!opened) throw new Error("Cannot amplify before the model is loaded");
  const { model, session, stop } = opened;
  await session.release();
  const loops = await amplifyLoops(model, {
    ...order,
    stopped: () => Atomics.load(stop, 0) === 1,
    onReady: (expectedMs) => answer({ type: "ready", expectedMs }),
    onPhase: (phase, atMs) => {
      if (order.tellsPhases) answer({ type: "phase", phase, atMs });
    },
    onProgress: tellProgress,
  });
  answer({ type: "amplified", ...loops });
}

function tellProgress(fraction: number): void {
  if (nowMs() - sentMs < BATCH_MS) return;
  answer({ type: "progress", fraction });
  sentMs = nowMs();
}

/** A long prompt's prefill would take too long for a run-up. */
const LEAD_TOKENS = 32;

/** Generates for a while, unmeasured. */
async function work(order: RepeatOrder): Promise<void> {
  const { prompt, leadMs, seed, tellsPhases } = order;
  if (!opened || leadMs <= 0) return;
  const { session, stop } = opened;
  const model = reading(opened.model, order);
  const leads = (order.batch ?? [order.ids ?? prompt])
    .map((one) =>
      (typeof one === "string" ? model.tokenizer.encode(one) : one).slice(0, LEAD_TOKENS)
    );
  const options = { session, seed, ignoreEos: true };
  const endMs = nowMs() + leadMs;
  if (tellsPhases) answer({ type: "phase", phase: "decode", atMs: nowMs() });
  while (nowMs() < endMs) {
    const steps = leads.length > 1
      ? generateBatch(model, leads, options)
      : generate(model, leads[0]!, options);
    for await (const _step of steps) {
      if (nowMs() >= endMs || Atomics.load(stop, 0) === 1) return;
    }
  }
}

/** Generates the answer once. Returns whether it was stopped. */
async function once(order: RepeatOrder, repetition: number): Promise<boolean> {
  if (!opened) return true;
  const { stop } = opened;
  const startMs = nowMs();
  const { tellsPhases } = order;
  if (tellsPhases) answer({ type: "phase", phase: "prefill", atMs: startMs });
  pending.begun = { index: repetition, startMs };
  if (nowMs() - sentMs > BATCH_MS || prefillMs > BATCH_MS / 2) send();
  let stopped = false;
  try {
    for await (const token of answering(order, repetition)) {
      pending.tokens.push({ ...token, repetition });
      if (token.index === 0) {
        prefillMs = token.endMs - token.startMs;
        if (tellsPhases) answer({ type: "phase", phase: "decode", atMs: token.endMs });
      }
      if (nowMs() - sentMs > BATCH_MS) send();
      stopped = Atomics.load(stop, 0) === 1;
      if (stopped) break;
    }
  } catch (error) {
    if (Atomics.load(stop, 0) === 0) throw error;
    stopped = true; // in the middle of a pass
  }
  pending.begun = null;
  pending.repetitions.push({ index: repetition, startMs, endMs: nowMs() });
  if (stopped) send();
  return stopped;
}

/** The tokens of one answer; of a batch, its steps, each with the first text's token. */
async function* answering(order: RepeatOrder, repetition: number): AsyncGenerator<TokenEvent> {
  const { session, signal } = opened!;
  const model = reading(opened!.model, order);
  const { prompt, batch, maxNewTokens, prefillChunk, temperature, topK, topP, seed } = order;
  const options = {
    ...{ session, signal, maxNewTokens, prefillChunk, temperature, topK, topP, seed },
    onSection: (section: Section) => pending.sections.push({ ...section, repetition }),
  };
  if (batch === undefined) return yield* generate(model, prompt, options);
  const answers = batch.map((): SequenceAnswer => ({ generatedTokens: 0, response: "" }));
  let id = 0;
  for await (const { tokens, ...step } of generateBatch(model, batch, options)) {
    tokens.forEach((token, row) => {
      answers[row]!.generatedTokens += token === null ? 0 : 1;
      answers[row]!.response += token?.text ?? "";
    });
    if (repetition === 0) pending.answers = answers;
    id = tokens[0]?.id ?? id;
    yield { ...step, id, text: tokens[0]?.text ?? "" };
  }
}

/** The model as it reads this prompt. Ids instead of text would leave tokenizing unmeasured. */
function reading(model: Model, { addSpecialTokens, ids }: Prompt): Model {
  const { tokenizer } = model;
  const encode = (text: string) => ids ?? tokenizer.encode(text, { addSpecialTokens });
  return { ...model, tokenizer: { ...tokenizer, encode } };
}

let pending = nothingYet(null);
let sentMs = nowMs();
let prefillMs = 0;

function nothingYet(begun: Batch["begun"]): Batch {
  return { repetitions: [], tokens: [], sections: [], answers: [], begun };
}

function send(): void {
  answer({ type: "batch", ...pending });
  pending = nothingYet(pending.begun);
  sentMs = nowMs();
}

function answer(message: Answer): void {
  self.postMessage(message);
}

/** Leaves out what is not set, as the options' types ask for. */
function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
