import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { InputError } from "../../lib/errors.ts";
import { compareReadings } from "../../lib/power/full_reading.ts";
import { readRawPower } from "../../lib/power/kept_stream.ts";
import { PowerMonitor } from "../../lib/power/monitor.ts";
import { packMember, unpackMembers } from "../../lib/power/raw_member.ts";
import { rederivePower } from "../../lib/power/rederive.ts";
import type { RawPowerBatch } from "../../lib/record.ts";
import { recording, recordingTest } from "./fixtures/recordings.ts";
import { fakeRecord } from "./fixtures/records.ts";
import { type StandInMode, withStandIn } from "./fixtures/stand_in.ts";

const encoder = new TextEncoder();
const NOTE = { intervalMs: 100, spawnMs: 12.5, parseMs: [0.25], losses: [], death: null };

async function until(isTrue: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !isTrue(); i++) await new Promise((done) => setTimeout(done, 25));
  assert.ok(isTrue(), "It did not happen within 10 s");
}

/** What the database does to a batch: JSON for times, bytes for the rest. */
function stored(batch: RawPowerBatch): RawPowerBatch {
  return { ...batch, arrivalsMs: JSON.parse(JSON.stringify(batch.arrivalsMs)) };
}

for (const mode of ["normal", "garbage", "half", "dies"] satisfies StandInMode[]) {
  Deno.test(`rederivePower() comes to what the monitor said, bit for bit (${mode})`, async () => {
    await withStandIn(mode, async () => {
      const monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
      await monitor.start();
      const batches: RawPowerBatch[] = [];
      const take = () => {
        const batch = monitor.takeRaw();
        if (batch !== null) batches.push(stored(batch));
      };
      await until(() => {
        take();
        return monitor.samples().length >= 14 || monitor.died !== null;
      });
      await monitor.stop();
      take();
      await monitor.verify();
      const { samples, alignment, findings } = await rederivePower(batches);
      assert.deepEqual(samples, monitor.samples());
      assert.deepEqual(alignment, monitor.alignment());
      assert.deepEqual(findings, monitor.findings());
      assert.equal(findings.some(({ kind }) => kind === "lost-records"), /garbage|half/.test(mode));
      assert.equal(findings.some(({ kind }) => kind === "sampler-died"), /half|dies/.test(mode));
    });
  });
}

Deno.test("rederivePower() comes to the same numbers for a source that writes JSON", async () => {
  const monitor = new PowerMonitor({ source: "estimate", intervalMs: 50 });
  await monitor.start();
  await until(() => monitor.samples().length >= 5);
  await monitor.stop();
  const { samples, alignment, findings } = await rederivePower([stored(monitor.takeRaw()!)]);
  assert.deepEqual(samples, monitor.samples());
  assert.deepEqual(alignment, monitor.alignment());
  assert.deepEqual(findings, monitor.findings());
});

Deno.test("packMember() writes gzip that anyone reads, and unpackMembers() its note", () => {
  const bytes = encoder.encode(fakeRecord());
  const note = {
    ...NOTE,
    losses: [{ bytes: 3, reason: "é \0 <x>", afterRecords: 0 }],
    death: { message: "it died", remedy: null },
  };
  const two = Uint8Array.from([...packMember(bytes, note), ...packMember(bytes, NOTE)]);
  assert.deepEqual(Uint8Array.from(gunzipSync(two)), Uint8Array.from([...bytes, ...bytes]));
  const members = unpackMembers(two);
  assert.deepEqual(members?.map(({ note }) => note), [note, NOTE]);
  assert.deepEqual(Uint8Array.from(members[1]!.bytes), bytes);
  assert.equal(unpackMembers(gzipSync(bytes)), null);
});

Deno.test("readRawPower() reads gzip of others, and says what was damaged", async () => {
  const gzip = Uint8Array.from(gzipSync(encoder.encode(`${fakeRecord()}\0junk${fakeRecord()}`)));
  const kept = await readRawPower([{ format: "plist", arrivalsMs: [1, 2], gzip }]);
  assert.equal(kept.records.length, 2);
  assert.equal(kept.intervalMs, null);
  assert.deepEqual(kept.losses, [{
    bytes: 4,
    reason: "bytes between two records",
    afterRecords: 1,
  }]);

  const cases: RawPowerBatch[] = [
    { format: "plist", arrivalsMs: [1], gzip },
    { format: "plist", arrivalsMs: [1, 2], gzip: gzip.slice(0, 500) },
    { format: "json", arrivalsMs: [1], gzip: Uint8Array.from(encoder.encode("no gzip")) },
    {
      format: "plist",
      arrivalsMs: [1],
      gzip: packMember(encoder.encode(fakeRecord()), NOTE).subarray(0, 900),
    },
  ];
  for (const batch of cases) {
    await assert.rejects(readRawPower([batch]), (error) => error instanceof InputError);
  }
});

Deno.test("readRawPower() takes no record of which a bit has changed", async () => {
  const member = packMember(encoder.encode(fakeRecord()), NOTE);
  const begin = member.indexOf(0, 10) + 1;
  for (let at = begin; at < member.length; at += 7) {
    const gzip = member.slice();
    gzip[at]! ^= 1 << at % 8;
    const reading = readRawPower([{ format: "plist", arrivalsMs: [1], gzip }]);
    await assert.rejects(reading, (error) => error instanceof InputError, `byte ${at}`);
  }
});

const batchOf = (xml: string): RawPowerBatch => ({
  format: "plist",
  arrivalsMs: [1],
  gzip: packMember(encoder.encode(xml), NOTE),
});

Deno.test("compareReadings() finds what the scan and the full reading see apart", async () => {
  assert.deepEqual(await compareReadings([batchOf(fakeRecord())]), []);
  // A comment hides a value from who reads XML, and from nobody else.
  const hidden = fakeRecord().replace(
    "<key>cpu_energy</key>",
    (key) => `<!--${key}<integer>7</integer>-->${key}`,
  );
  const [finding] = await compareReadings([batchOf(fakeRecord()), batchOf(hidden)]);
  assert.equal(finding?.severity, "invalid");
  assert.match(finding.message, /1 of 2 .*energyMj/);
});

recordingTest("compareReadings() agrees on every recording", async () => {
  const names = ["m4max-macos26.2", "m1-macos13.3", "m4pro-macos15.5-gpu-5records"];
  for (const name of [...names, "m4pro-battery-3records"]) {
    const xml = new TextDecoder().decode(recording(`${name}.plist`));
    assert.deepEqual(await compareReadings([batchOf(xml)]), [], name);
  }
});
