import { planSteps } from "../../lib/energy/mod.ts";
import { threeDigits } from "../../lib/quantities.ts";
import { visibleText } from "../../lib/safe_text.ts";
import type { Model } from "../../lib/model/mod.ts";
import {
  detectPowerSource,
  PowerMonitor,
  type PowerSourceSpec,
  powerStatus,
} from "../../lib/power/mod.ts";
import { expectedLoopsMs } from "../../lib/profile/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { asTyped, bold, dim, yellow } from "../frame/mod.ts";
import type { LiveScreen } from "./live_screen.ts";

/** Records take so much longer than asked for on an M4: 116 to 129 ms for 100. */
const USUAL_CADENCE = 1.2;

/**
 * Says what is being measured, by which source, and how to get a better one; and where single tokens
 * are wanted (`resolve`) that an estimate will not tell them, before the time is spent.
 */
export async function introduce(
  model: Model,
  { power, intervalMs, resolve, minSeconds, maxSeconds }: {
    power?: PowerSourceSpec | undefined;
    intervalMs: string;
    resolve: string;
    minSeconds: number;
    maxSeconds: number;
  },
  screen: LiveScreen,
): Promise<void> {
  const { architecture: { family, numLayers }, features: { parameters, precision } } = model;
  screen.say(
    `${bold("Model")}  ${visibleText(model.name)}: ${family}, ${numLayers} layers, ` +
      `${parameterCount(parameters)} parameters, ${precision}`,
  );
  const { info, rejected } = await sourceOf(power);
  screen.say(`${bold("Power")}  ${info.label}, asked every ${intervalMs} ms`);
  if (minSeconds > maxSeconds) {
    screen.say(yellow(
      `       Measures ${maxSeconds} s, not ${minSeconds}: --max-seconds ends it before --min-seconds`,
    ));
  }
  if (info.kind !== "estimated") return;
  screen.say(yellow(
    `       This is an estimate (± ${(info.statedError ?? 0) * 100} %), ` +
      "not a measurement. To measure instead:",
  ));
  for (const { name, reason, remedy } of rejected) {
    screen.say(dim(`       ${name}: ${visibleText(reason)}; ${visibleText(remedy)}`));
  }
  if (resolve === "phases") return;
  screen.say(yellow("       However often steps are repeated, an estimate tells no tokens apart"));
}

/** Says how long it takes to repeat each step, as far as that can be said before the first token. */
export function introduceSteps(
  { maxNewTokens, intervalMs, resolveSeconds }: {
    maxNewTokens: number;
    intervalMs: string;
    resolveSeconds: number;
  },
  screen: LiveScreen,
): void {
  // Steps are taken to be short against a record; by how much makes no difference then.
  const cadenceMs = Number(intervalMs) * USUAL_CADENCE;
  const plan = (count: number, maxMs: number) =>
    planSteps(new Array<number>(count).fill(1), { cadenceMs, maxMs });
  const { blocks: [one], durationMs } = plan(maxNewTokens, Infinity);
  const maxMs = resolveSeconds * 1000;
  const { blocks, durationMs: groupedMs } = plan(maxNewTokens, maxMs);
  const [, group] = blocks;
  if (!one || !group) return;
  const what = `${maxNewTokens - 1} steps and the prefill`;
  const each = `2 × ${threeDigits(one.durationMs / 1000)} s`;
  const size = group.lastIndex - group.firstIndex + 1;
  screen.say(
    `${bold("Tokens")} single tokens: at most ${what}, ${each} each = about ` +
      `${Math.ceil(durationMs / 1000)} s` +
      (size === 1 ? "" : `; neighbours are grouped by ${size} and more, for about ` +
        `${Math.ceil(groupedMs / 1000)} s (--resolve-seconds ${resolveSeconds})`),
  );
}

/** Says how long it takes to repeat components, as far as that can be said before they are cut out. */
export function introduceLoops(
  amplify: readonly string[] | "all",
  { intervalMs }: { intervalMs: string },
  screen: LiveScreen,
): void {
  const expectedMs = expectedLoopsMs({ amplify, intervalMs: Number(intervalMs) });
  const what = amplify === "all" ? "all components" : visibleText(amplify.join(", "));
  screen.say(`${bold("Loops")}  ${what}: about ${Math.ceil(expectedMs / 1000)} s`);
}

async function sourceOf(asked: PowerSourceSpec | undefined) {
  if (asked === undefined) return await detectPowerSource();
  const { info } = new PowerMonitor({ source: asked });
  if (info.kind !== "estimated") return { info, rejected: [] };
  const rejected = (await powerStatus())
    .filter((one) => !one.works && one.info.kind === "measured")
    .map(({ name, reason, remedy }) => ({ name, reason: reason ?? "", remedy: remedy ?? "" }));
  return { info, rejected };
}

/** "2.56 M", "1.24 B". */
export function parameterCount(parameters: number): string {
  const [scale, unit] = parameters >= 1e9 ? [1e9, "B"] : [1e6, "M"];
  return `${threeDigits(parameters / scale)} ${unit}`;
}

/** What to type next. */
export function nextSteps(run: ProfilingRun, database: string): string[] {
  const db = database === "tokenwatt.db" ? "" : ` --db ${visibleText(database)}`;
  const steps = [
    [`deno task show last${db}`, "this run again, token by token"],
    [`deno task runs${db}`, "all runs"],
    ["deno task profile --help", "more to measure"],
  ].map(([typed, why]) => [asTyped(typed!), why!] as const);
  const width = Math.max(...steps.map(([typed]) => typed.length));
  return [
    "",
    dim(`Saved as ${run.runId} in ${visibleText(database)}. Next:`),
    ...steps.map(([typed, why]) => dim(`  ${typed.padEnd(width)}  ${why}`)),
  ];
}
