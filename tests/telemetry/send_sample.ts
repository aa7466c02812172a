/**
 * Sends a made run of 24 tokens, each so many times, with its texts or not. Prints what
 * `recordTelemetry()` returns.
 *
 * @module
 */
import { recordTelemetry } from "../../lib/telemetry/mod.ts";
import { sampleRun } from "../fixtures/run.ts";

const [times = "1", content] = Deno.args;
const run = sampleRun({ tokens: 24 });
// As many tokens as a fast model makes in a minute.
const tokens = Array.from({ length: Number(times) }, () => run.trace.tokens).flat();
const sent = await recordTelemetry({ ...run, trace: { ...run.trace, tokens } }, {
  content: content === "content",
});
console.log(JSON.stringify(sent));
