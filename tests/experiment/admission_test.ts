import assert from "node:assert/strict";
import { Admission, type Look } from "../../lib/experiment/admission.ts";
import type { Finding } from "../../lib/record.ts";

const busy: Finding = {
  kind: "foreign-load",
  severity: "warning",
  value: 40,
  unit: "%",
  message: "Other programs took 40 %",
  remedy: "close them",
};

function machine(...looks: Look[]) {
  let taken = 0;
  return {
    look: () => Promise.resolve(looks[Math.min(taken++, looks.length - 1)]!),
    taken: () => taken,
  };
}

Deno.test("Admission waits until other programs are done and idle power is back", async () => {
  const { look, taken } = machine(
    { powerMw: 1000, load: [] },
    { powerMw: 1000, load: [busy] },
    { powerMw: 1200, load: [] },
    { powerMw: 1050, load: [] },
  );
  const said: string[] = [];
  const admission = new Admission(look, { waitSeconds: 30 });
  await admission.admit((doing) => said.push(doing));
  assert.equal(taken(), 1);
  await admission.admit((doing) => said.push(doing));
  assert.equal(taken(), 4);
  assert.deepEqual(admission.findings(), []);
  assert.ok(said.some((doing) => /waits up to \d+ s more: Other programs/.test(doing)));
  assert.ok(said.some((doing) => /idle power is 20 % above the least/.test(doing)));
});

Deno.test("Admission lets a round begin after the limit, and says how often", async () => {
  const worse = { ...busy, value: 60, message: "Other programs took 60 %" };
  const { look } = machine({ powerMw: null, load: [busy] }, { powerMw: null, load: [worse] }, {
    powerMw: null,
    load: [],
  });
  const admission = new Admission(look, { waitSeconds: 0 });
  for (let round = 0; round < 3; round++) await admission.admit(() => {});
  const [finding, ...others] = admission.findings();
  assert.equal(others.length, 0);
  assert.match(
    finding!.message,
    /^2 of 3 rounds began before the machine was idle; at worst: .* 60 %/,
  );
});

Deno.test("Admission stops waiting when it is told to", async () => {
  const { look } = machine({ powerMw: null, load: [busy] });
  const controller = new AbortController();
  controller.abort();
  const admission = new Admission(look, { waitSeconds: 600 });
  await admission.admit(() => {}, controller.signal);
  assert.deepEqual(admission.findings(), []);
});
