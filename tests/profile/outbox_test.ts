import assert from "node:assert/strict";
import type { Answer } from "../../lib/profile/messages.ts";
import { Outbox } from "../../lib/profile/outbox.ts";

Deno.test("Outbox sends what was gathered once, and keeps which repetition is under way", () => {
  const sent: Answer[] = [];
  const outbox = new Outbox((message) => sent.push(message));
  outbox.pending.begun = { index: 3, startMs: 1 };
  outbox.pending.repetitions.push({ index: 2, startMs: 0, endMs: 1 });
  outbox.send();
  outbox.send();
  const begun = { index: 3, startMs: 1 };
  const nothing = { type: "batch", tokens: [], sections: [], answers: [], begun };
  assert.deepEqual(sent, [
    { ...nothing, repetitions: [{ index: 2, startMs: 0, endMs: 1 }] },
    { ...nothing, repetitions: [] },
  ]);
});

Deno.test("Outbox puts progress off until it is due", async () => {
  const sent: Answer[] = [];
  const outbox = new Outbox((message) => sent.push(message));
  outbox.send();
  while (!outbox.isDue) {
    assert.ok(!outbox.canWait(100) && sent.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  outbox.progress(0.5);
  assert.deepEqual(sent[1], { type: "progress", fraction: 0.5 });
});
