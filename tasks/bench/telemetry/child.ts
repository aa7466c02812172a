/**
 * The process in which `generate()` takes turns with and without telemetry: Deno reads whether
 * OpenTelemetry is on when it starts. It is asked by lines of JSON.
 *
 * @module
 */
import {
  generate,
  livePowerGauge,
  loadModel,
  nowMs,
  openSession,
  requireTelemetry,
} from "@tokenwatt/tokenwatt";
import type { Answer } from "../contest.ts";
import { TextLineStream } from "../text_lines.ts";
import type { Order, Task } from "./order.ts";

/** Powermetrics has ten records a second, and `profile()` is told of each. */
const TELL_MS = 100;

const { path, prompt, maxNewTokens, threads } = JSON.parse(Deno.args[0]!) as Task;
await requireTelemetry();
const model = await loadModel(path);
const session = await openSession(model, { threads });
let tell: ((powerMw: number) => void) | null = null;

async function answer(): Promise<Answer> {
  const ids: number[] = [];
  const endsMs: number[] = [];
  let nextMs = 0;
  const options = { maxNewTokens, session, prefillChunk: prompt.length };
  for await (const token of generate(model, prompt, options)) {
    ids.push(token.id);
    endsMs.push(token.endMs);
    // Told between tokens: a timer of this thread would fire late, as a pass blocks it.
    if (tell !== null && nowMs() >= nextMs) {
      tell(4200 + ids.length);
      nextMs = nowMs() + TELL_MS;
    }
  }
  return { ids, endsMs };
}

const say = (value: object) => console.log(JSON.stringify(value));
say({});
const orders = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of orders) {
  const { telemetry } = JSON.parse(line) as Order;
  if (telemetry === undefined) {
    say(await answer());
  } else {
    tell = telemetry ? await livePowerGauge() : null;
    say({});
  }
}
await session.release();
