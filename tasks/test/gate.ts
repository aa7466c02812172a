import { type Gate, type Outcome, type Step, together } from "./step.ts";

/** The outcome of a step, and how long it took. */
interface Finished extends Outcome {
  name: string;
  seconds: number;
}

/** Steps that run beside each other. */
export type Stage = readonly Step[];

/**
 * Runs every stage, whatever became of the ones before it, and prints what happened.
 * The last line stands alone: `N passed, N failed`. Returns the exit code.
 */
export async function runGate(
  stages: readonly Stage[],
  gate: Gate,
  print: (line: string) => void = console.log,
): Promise<number> {
  const finished: Finished[] = [];
  const startMs = performance.now();
  for (const stage of stages) {
    print(`\n== ${stage.map(({ name }) => name).join(", ")}`);
    finished.push(...await Promise.all(stage.map((step) => runStep(step, gate, print))));
  }
  print(`\n== summary, after ${secondsSince(startMs).toFixed(0)} s`);
  for (const step of finished) print(describe(step));
  const skips = finished.flatMap((step) => step.skips);
  for (const { name, reason } of skips) print(`SKIPPED ${name}: ${reason}`);
  const total = together(finished);
  print(`\n${countLine(total)}`);
  return total.failed > 0 ? 1 : 0;
}

async function runStep(
  step: Step,
  gate: Gate,
  print: (line: string) => void,
): Promise<Finished> {
  const startMs = performance.now();
  const outcome = await outcomeOf(step, gate, print);
  const finished = { name: step.name, seconds: secondsSince(startMs), ...outcome };
  print(`-- ${describe(finished)}`);
  return finished;
}

async function outcomeOf(
  step: Step,
  gate: Gate,
  print: (line: string) => void,
): Promise<Outcome> {
  try {
    return await step.run(gate);
  } catch (error) {
    print(error instanceof Error ? error.stack ?? error.message : String(error));
    return { passed: 0, failed: 1, skips: [] };
  }
}

const secondsSince = (startMs: number) => (performance.now() - startMs) / 1000;

function describe(step: Finished): string {
  const verdict = step.failed > 0 ? "FAILED" : step.passed > 0 ? "ok" : "skipped";
  return `${verdict.padEnd(8)}${step.name.padEnd(20)}${step.seconds.toFixed(1).padStart(7)} s   ${
    countLine(step)
  }`;
}

/** The line that CI and people read: `12 passed, 0 failed`, with the skipped where there are any. */
export function countLine(outcome: Outcome): string {
  const skips = outcome.skips.length > 0 ? `, ${outcome.skips.length} skipped` : "";
  return `${outcome.passed} passed, ${outcome.failed} failed${skips}`;
}
