/**
 * Milliseconds and bytes of every chart of a run's inside, at 1,000 tokens × 32 layers.
 * Run: `deno run -A tests/charts/measure.ts [TOKENS] [LAYERS]`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a command: it prints what it measured
import { powerTimeline, tokenDistribution, tokenEnergy } from "../../lib/charts/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { INSIDE_CHARTS } from "./inside_sheets.ts";
import { insideRun } from "./insides.ts";

const [tokens = 1000, layers = 32] = Deno.args.map(Number);
const run = insideRun({ tokens, layers, heads: 32, experts: 8, activations: true, deep: true });
const CHARTS: Record<string, (run: ProfilingRun, width: number) => ReturnType<typeof tokenEnergy>> =
  {
    "power timeline": (run, width) => powerTimeline(run, { width }),
    "token energy": (run, width) => tokenEnergy(run, { width }),
    "token distribution": (run, width) => tokenDistribution(run, { width }),
    ...INSIDE_CHARTS,
  };

/** Plot, d3 and linkedom are loaded once in a session, and not by the first chart alone. */
for (const draw of Object.values(CHARTS)) await draw(insideRun({ tokens: 4 }), 760).toHtml();

console.log(`${tokens} tokens × ${layers} layers, 760 px, median of 3`);
for (const [name, draw] of Object.entries(CHARTS)) {
  let bytes = 0;
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const from = performance.now();
    bytes = new TextEncoder().encode(await draw(run, 760).toHtml()).length;
    times.push(performance.now() - from);
  }
  const [, ms = 0] = times.sort((a, b) => a - b);
  console.log(
    `${name.padEnd(20)} ${ms.toFixed(0).padStart(6)} ms ${
      (bytes / 1024).toFixed(0).padStart(6)
    } KB`,
  );
}
