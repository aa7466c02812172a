/// <reference lib="deno.worker" />
import { nowMs } from "../clock.ts";
import type { RepeatedBlock } from "../energy/mod.ts";
import { plainError } from "../errors.ts";
import { openSession } from "../inference/mod.ts";
import { loadModel } from "../model/mod.ts";
import { amplifyLoops } from "./amplify/mod.ts";
import { explain } from "./explain.ts";
import type { AmplifyOrder, ExplainOrder, LoadOrder, Order, ResolveOrder } from "./messages.ts";
import { Outbox } from "./outbox.ts";
import { AnswerLoop, type Opened, reading } from "./repeat_answer.ts";
import { Steps, sweepSteps } from "./resolve/mod.ts";
import { isRaised, signalOf } from "./stop_flag.ts";

const outbox = new Outbox((message) => self.postMessage(message));
let opened: Opened & { loop: AnswerLoop } | null = null;

// What is released must not be under way any more.
let working = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<Order>) => {
  working = working.then(() => obey(data));
};

async function obey(data: Order): Promise<void> {
  try {
    if (data.type === "load") await load(data);
    else if (data.type === "repeat") {
      const { loop } = demandOpened("generate");
      outbox.answer({ type: "repeated", interrupted: await loop.repeat(data) });
    } else if (data.type === "release") await release();
    else if (data.type === "resolve") await resolveTokens(data);
    else if (data.type === "amplify") await amplify(data);
    else await tellInside(data);
  } catch (error) {
    outbox.send(); // what was generated until then
    outbox.answer({ type: "failed", ...plainError(error) });
  }
}

async function load(order: LoadOrder): Promise<void> {
  const startMs = nowMs();
  const { path, precision } = order;
  const model = await loadModel(path, precision === undefined ? {} : { precision });
  const { lengths } = order;
  const session = await openSession(model, order);
  const endMs = nowMs();
  if (lengths.length > 1) {
    const longest = Math.max(...lengths);
    await session.resetBatch(lengths.map((length) => longest - length), longest + 1);
  }
  const signal = session.stopsInside ? signalOf(order.stop) : undefined;
  const ready = { model, session, stopped: () => isRaised(order.stop), signal };
  opened = { ...ready, loop: new AnswerLoop(ready, outbox) };
  const { engine, engineNote, provider } = session;
  outbox.answer({ type: "loaded", startMs, endMs, engine, engineNote, provider });
}

function demandOpened(purpose: string): NonNullable<typeof opened> {
  if (opened) return opened;
  throw new Error(`Cannot ${purpose} before the model is loaded`);
}

async function release(): Promise<void> {
  try {
    await opened?.session.release();
  } finally {
    outbox.answer({ type: "released" });
  }
}

/** Repeats steps, each many times in a row. */
async function resolveTokens(order: ResolveOrder): Promise<void> {
  const { model, session, stopped } = demandOpened("repeat steps");
  const prompt = reading(model, order).tokenizer.encode(order.prompt);
  const steps = await Steps.begin(session, { ...order, prompt });
  let blocks: RepeatedBlock[] = [];
  const sendBlocks = () => {
    outbox.report({ type: "steps", blocks });
    blocks = [];
  };
  const interrupted = await sweepSteps(steps, order.blocks, order.leadMs, {
    onBlock: (block) => {
      blocks.push(block);
      if (outbox.isDue) sendBlocks();
    },
    onPhase: (phase, atMs) => {
      if (order.tellsPhases) outbox.answer({ type: "phase", phase, atMs });
    },
    stopped,
  });
  sendBlocks();
  outbox.answer({ type: "resolved", interrupted, check: steps.check });
}

/** Explains the answer. Two sessions would hold the weights twice: the measured one has done its work. */
async function tellInside(order: ExplainOrder): Promise<void> {
  const { model, session, stopped } = demandOpened("explain");
  await session.release();
  const explained = await explain(model, order, stopped, (fraction) => outbox.progress(fraction));
  outbox.answer({ type: "explained", ...explained });
}

/** Repeats the work of components. It holds the weights once, as the measured session has gone. */
async function amplify(order: AmplifyOrder): Promise<void> {
  const { model, session, stopped } = demandOpened("amplify");
  await session.release();
  const loops = await amplifyLoops(model, {
    ...order,
    stopped,
    onReady: (expectedMs) => outbox.answer({ type: "ready", expectedMs }),
    onPhase: (phase, atMs) => {
      if (order.tellsPhases) outbox.answer({ type: "phase", phase, atMs });
    },
    onProgress: (fraction) => outbox.progress(fraction),
  });
  outbox.answer({ type: "amplified", ...loops });
}
