import assert from "node:assert/strict";
import type { Session } from "../../lib/inference/mod.ts";
import { best } from "../../lib/inference/sampling.ts";

/** Asserts that logits are the same but for rounding, which is in proportion to the largest. */
export function assertNear(
  actual: Float32Array,
  expected: Float32Array,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length);
  const most = tolerance * expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  actual.forEach((value, id) =>
    assert.ok(Math.abs(value - expected[id]!) <= most, `${what}: logit ${id} differs`)
  );
}

/** Greedy answer without using the cache: everything is run anew and whole for each token. */
export async function rerun(
  session: Session,
  prompt: readonly number[],
  steps: number,
): Promise<{ ids: number[]; logits: Float32Array[] }> {
  const ids = [...prompt];
  const logits: Float32Array[] = [];
  for (let step = 0; step <= steps; step++) {
    session.reset();
    logits.push(await session.run(ids));
    ids.push(best(logits.at(-1)!));
  }
  return { ids, logits };
}

/** Asserts that the cache changes nothing: token by token, and with all but the last ids in chunks. */
export async function assertSameAnswer(
  session: Session,
  { ids, logits }: { ids: number[]; logits: Float32Array[] },
  promptLength: number,
  tolerance: number,
): Promise<void> {
  session.reset();
  for (const [step, expected] of logits.entries()) {
    const length = promptLength + step;
    const row = await session.run(step === 0 ? ids.slice(0, promptLength) : [ids[length - 1]!]);
    assert.equal(session.pastLength, length);
    assertNear(row, expected, tolerance, `step ${step}`);
    assert.equal(best(row), ids[length], `step ${step}`);
  }
  for (const chunk of [1, 2, 7]) {
    session.reset();
    let at = 0;
    for (; at + chunk < ids.length - 1; at += chunk) {
      await session.extend(ids.slice(at, at + chunk));
    }
    assertNear(
      await session.run(ids.slice(at, -1)),
      logits.at(-1)!,
      tolerance,
      `chunks of ${chunk}`,
    );
  }
}
