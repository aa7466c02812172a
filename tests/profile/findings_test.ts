import assert from "node:assert/strict";
import { findingsOf } from "../../lib/profile/findings.ts";
import { latchOf, widestLatch } from "../../lib/profile/latch.ts";
import type { PowerEvidence } from "../../lib/profile/evidence.ts";

const REPETITIONS = Array.from({ length: 9 }, (_, index) => ({
  index,
  startMs: 1000 + index * 1000,
  endMs: 2000 + index * 1000,
}));

/** Records of 100 ms from 0 to 12 s, of a power that may change with time. */
function evidence(
  mwAt: (ms: number) => number,
  change: Partial<PowerEvidence> = {},
): PowerEvidence {
  return {
    samples: Array.from({ length: 120 }, (_, i) => ({
      startMs: 100 * i,
      endMs: 100 * (i + 1),
      energyMj: { cpu: Math.round(mwAt(100 * i + 50) / 10) },
    })),
    info: {
      name: "powermetrics",
      kind: "measured",
      rails: ["cpu"],
      totalRails: ["cpu"],
      label: "CPU",
      statedError: null,
    },
    boundMs: 5,
    batchedRails: [],
    latchMs: latchOf("measured", null),
    baseline: { idleMw: 500, errorMw: 10, drift: 0.02 },
    ...change,
  };
}

const kinds = (power: PowerEvidence, repetitions = REPETITIONS, observerMw: number | null = null) =>
  findingsOf(power, repetitions, [], observerMw).map(({ kind }) => kind);

Deno.test("findingsOf() finds nothing about a steady run", () => {
  assert.deepEqual(kinds(evidence(() => 9000)), []);
  assert.deepEqual(kinds(evidence((ms) => 9000 + 40 * Math.sin(ms / 300))), []);
});

Deno.test("findingsOf() finds power that is not steady, where the records tell", () => {
  const [finding, ...rest] = findingsOf(evidence((ms) => 9000 + ms / 10), REPETITIONS, [], null);
  assert.equal(finding?.kind, "not-steady");
  assert.match(finding.message, /drew [5-8]\.\d % more power/);
  assert.deepEqual(rest, []);
  // 3 % within a third of repetitions that are not whole records: too little is known of each.
  const short = REPETITIONS.map((one) => ({ ...one, endMs: one.startMs + 90 })).slice(0, 3);
  assert.deepEqual(kinds(evidence((ms) => 9000 + ms), short), []);
});

Deno.test("findingsOf() finds repetitions that take longer and longer", () => {
  let atMs = 1000;
  const slower = REPETITIONS.map((one, i) => {
    const startMs = atMs;
    atMs += 900 + 20 * i;
    return { ...one, startMs, endMs: atMs };
  });
  assert.deepEqual(kinds(evidence(() => 9000), slower), ["not-steady"]);
});

Deno.test("findingsOf() finds a baseline that drifted, and too few records", () => {
  const baseline = { idleMw: 500, errorMw: 10, drift: -0.12 };
  assert.deepEqual(kinds(evidence(() => 9000, { baseline })), ["baseline-drift"]);
  assert.deepEqual(kinds(evidence(() => 9000), [{ index: 0, startMs: 1000, endMs: 1850 }]), [
    "too-short",
  ]);
});

Deno.test("findingsOf() tells what sampling itself draws, where that counts", () => {
  assert.deepEqual(kinds(evidence(() => 9000), REPETITIONS, 40), ["observer"]);
  assert.deepEqual(kinds(evidence(() => 9000), REPETITIONS, 20), []);
  assert.deepEqual(kinds(evidence(() => 9000), REPETITIONS, -40), []);
});

Deno.test("latchOf() takes what was calibrated, and the prior for the other rails", () => {
  const calibration = {
    source: "powermetrics",
    intervalMs: 100,
    host: "mac",
    bootMs: 0,
    measuredAtMs: 0,
    latchMs: { cpu: { delayMs: 17, lowMs: 15, highMs: 20 } },
    boundMs: 3,
    observerMw: null,
  };
  const latch = latchOf("measured", calibration);
  assert.deepEqual(latch.cpu, [12, 23]);
  assert.deepEqual(latch.gpu, [-5, 40]);
  assert.deepEqual(widestLatch(latch, ["cpu"]), { leastMs: 12, mostMs: 23 });
  assert.deepEqual(widestLatch(latch, ["cpu", "gpu"]), { leastMs: -5, mostMs: 40 });
  assert.deepEqual(latchOf("estimated", calibration).cpu, [0, 0]);
});
