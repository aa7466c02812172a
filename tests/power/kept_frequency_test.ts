import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { meanFrequencyMhz } from "../../lib/power/mod.ts";
import type { RawPowerBatch } from "../../lib/record.ts";

/** One CPU that works at one frequency, another that sleeps or works, too. */
function record(mhz: number, other: { mhz: number; usedNs: number } = { mhz: 600, usedNs: 0 }) {
  const cpu = (freq: number, usedNs: number) =>
    `<dict><key>idle_ns</key><integer>0</integer><key>dvfm_states</key><array><dict>` +
    `<key>freq</key><integer>${freq}</integer><key>used_ns</key><integer>${usedNs}</integer>` +
    `</dict></array></dict>`;
  return `<?xml version="1.0"?><plist version="1.0"><dict>` +
    `<key>elapsed_ns</key><integer>100000000</integer><key>processor</key><dict>` +
    `<key>cpu_energy</key><integer>9</integer><key>clusters</key><array><dict>` +
    `<key>name</key><string>P-Cluster</string><key>cpus</key><array>` +
    cpu(mhz, 1e8) + cpu(other.mhz, other.usedNs) +
    `</array></dict></array></dict></dict></plist>`;
}

function batch(firstMs: number, records: readonly string[]): RawPowerBatch {
  return {
    format: "plist",
    arrivalsMs: records.map((_, at) => firstMs + 100 * at),
    gzip: new Uint8Array(gzipSync(records.join("\0"))),
  };
}

const FAST = record(4000);
const SLOW = record(3000);
const BATCHES = [batch(100, [SLOW, FAST, FAST, SLOW]), batch(500, [FAST, SLOW, SLOW])];

Deno.test("meanFrequencyMhz() reads the records that lie in a window", async () => {
  assert.equal(await meanFrequencyMhz(BATCHES, [{ startMs: 100, endMs: 300 }]), 4000);
  assert.equal(await meanFrequencyMhz(BATCHES, [{ startMs: 100, endMs: 400 }]), 11_000 / 3);
  assert.equal(await meanFrequencyMhz(BATCHES, [{ startMs: 500, endMs: 750 }]), 3000);
  const across = [{ startMs: 400, endMs: 500 }];
  assert.equal(await meanFrequencyMhz(BATCHES, across), 4000, "the first of its batch");
});

Deno.test("meanFrequencyMhz() counts a frequency by the time in which it was used", async () => {
  const records = [SLOW, record(4000, { mhz: 1000, usedNs: 5e7 }), record(4000)];
  const found = await meanFrequencyMhz([batch(0, records)], [{ startMs: 0, endMs: 200 }]);
  assert.equal(found, (4000 + 500 + 4000) / 2.5);
});

Deno.test("meanFrequencyMhz() reads what powermetrics said in a combination", async () => {
  // A record waits for the other source, whose lines and later records may come before.
  const line = (...powermetrics: string[]) =>
    JSON.stringify({ elapsedNs: 1e8, energyMj: {}, raw: { powermetrics, macmon: ["{}"] } });
  const lines = [line(SLOW, SLOW), line(SLOW, FAST), line(FAST), line(SLOW)];
  const combined = { ...batch(100, lines), format: "json" as const };
  combined.gzip = new Uint8Array(gzipSync(lines.map((one) => one + "\n").join("")));
  assert.equal(await meanFrequencyMhz([combined], [{ startMs: 100, endMs: 300 }]), 4000);
  assert.equal(await meanFrequencyMhz([combined], [{ startMs: 100, endMs: 400 }]), 11_000 / 3);
});

Deno.test("meanFrequencyMhz() knows nothing where no record lies, or none tells it", async () => {
  assert.equal(await meanFrequencyMhz(BATCHES, [{ startMs: 150, endMs: 250 }]), null);
  assert.equal(await meanFrequencyMhz(BATCHES, []), null);
  const json: RawPowerBatch = { ...BATCHES[0]!, format: "json" };
  assert.equal(await meanFrequencyMhz([json], [{ startMs: 0, endMs: 900 }]), null);
  const lost = { ...BATCHES[0]!, arrivalsMs: [100, 200, 300] };
  assert.equal(await meanFrequencyMhz([lost], [{ startMs: 0, endMs: 900 }]), null);
});
