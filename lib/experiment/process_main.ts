/**
 * A process of an arm: profiles its prompts one after the other, and writes the runs down.
 *
 * @module
 */
import { plainError } from "../errors.ts";
import { loadModel } from "../model/mod.ts";
import { profile } from "../profile/mod.ts";
import { ProfileDatabase } from "../store/mod.ts";
import { linesOf, type ProcessNews, type ProcessOrder } from "./protocol.ts";

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  const lines = linesOf(Deno.stdin.readable);
  const { value: line, done } = await lines.next();
  if (done) return 2;
  const controller = new AbortController();
  // The end of stdin is the end of whoever asked, by Ctrl-C or by SIGKILL.
  lines.next().finally(() => controller.abort());
  try {
    await work(JSON.parse(line), controller.signal);
    return 0;
  } catch (error) {
    say({ type: "failed", ...plainError(error) });
    return 1;
  }
}

async function work(order: ProcessOrder, signal: AbortSignal): Promise<void> {
  const { prompts, options, source, experiment, tags, memo } = order;
  using database = ProfileDatabase.open(order.database);
  const model = await loadModel(order.model, { precision: order.precision ?? undefined });
  for (const [at, prompt] of prompts.entries()) {
    if (signal.aborted) return;
    const { runId, status } = await profile(model, prompt, {
      ...options,
      source,
      database,
      experiment,
      tags,
      memo: { ...memo, prompt: at },
      signal,
      live: ({ stage, fraction }) =>
        say({ type: "progress", stage, fraction: (at + fraction) / prompts.length }),
    });
    say({ type: "run", runId, status });
  }
}

/** Synchronously: a line that is half written when the process ends would be lost. */
function say(news: ProcessNews): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(news)}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
