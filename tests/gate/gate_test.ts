import assert from "node:assert/strict";
import { countLine, runGate } from "../../tasks/test/gate.ts";
import { openLanes } from "../../tasks/test/lanes.ts";
import { type Gate, oneTest, type Outcome, skipped } from "../../tasks/test/step.ts";

const GATE: Gate = { root: "/nowhere", rooms: [], ci: false, long: false, lanes: openLanes(1) };

function step(name: string, run: () => Outcome) {
  return { name, run: () => Promise.resolve().then(run) };
}

async function gateOf(...steps: ReturnType<typeof step>[]) {
  const lines: string[] = [];
  const code = await runGate(
    steps.map((step) => [step]),
    GATE,
    (line) => lines.push(...line.split("\n")),
  );
  return { code, lines };
}

Deno.test("runGate() runs every step although one throws, and fails", async () => {
  const ran: string[] = [];
  const { code, lines } = await gateOf(
    step("broken", () => {
      throw new Error("planted: the gate's test wants to see this step fail");
    }),
    step("after", () => {
      ran.push("after");
      return { passed: 3, failed: 0, skips: [] };
    }),
  );
  assert.deepEqual(ran, ["after"]);
  assert.equal(code, 1);
  assert.equal(lines.at(-1), "3 passed, 1 failed");
});

Deno.test("runGate() lists what was skipped and why, and passes", async () => {
  const { code, lines } = await gateOf(
    step("format", () => oneTest(true)),
    step("notebooks", () => skipped("notebooks", "no Python here")),
  );
  assert.equal(code, 0);
  assert.ok(lines.includes("SKIPPED notebooks: no Python here"));
  assert.equal(lines.at(-1), "1 passed, 0 failed, 1 skipped");
});

Deno.test("countLine() leaves skipped out where nothing was", () => {
  assert.equal(countLine({ passed: 12, failed: 0, skips: [] }), "12 passed, 0 failed");
});

Deno.test("runGate() runs the steps of one stage beside each other, and the next after them", async () => {
  const log: string[] = [];
  const waits = Promise.withResolvers<void>();
  const logged = (name: string, run: () => Promise<void>) => ({
    name,
    run: async () => {
      log.push(`${name} begins`);
      await run();
      log.push(`${name} ends`);
      return oneTest(true);
    },
  });
  const stages = [
    [logged("a", () => waits.promise), logged("b", () => Promise.resolve(waits.resolve()))],
    [logged("c", () => Promise.resolve())],
  ];
  assert.equal(await runGate(stages, GATE, () => {}), 0);
  assert.deepEqual(log.slice(0, 2), ["a begins", "b begins"]);
  assert.deepEqual(log.slice(4), ["c begins", "c ends"]);
});
