import { type Gate, type Outcome, type Step, together } from "./step.ts";

/** The outcome of a step, and how long it took. */
interface Finished extends Outcome {
  name: string;
  seconds: number;
}

/**
 * Runs every step, whatever became of the ones before it, and prints what happened.
 * The last line stands alone: `N passed, N failed`. Returns the exit code.
 */
export async function runGate(
  steps: readonly Step[],
  gate: Gate,
  print: (line: string) => void = console.log,
): Promise<number> {
  const finished: Finished[] = [];
  for (const step of steps) {
    print(`\n== ${step.name}`);
    const startMs = performance.now();
    const outcome = await runStep(step, gate, print);
    finished.push({ name: step.name, seconds: (performance.now() - startMs) / 1000, ...outcome });
    print(`-- ${describe(finished.at(-1)!)}`);
  }
  print("\n== summary");
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
): Promise<Outcome> {
  try {
    return await step.run(gate);
  } catch (error) {
    print(error instanceof Error ? error.stack ?? error.message : String(error));
    return { passed: 0, failed: 1, skips: [] };
  }
}

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
