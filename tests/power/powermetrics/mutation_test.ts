import assert from "node:assert/strict";
import type { StreamLoss } from "../../../lib/power/source.ts";
import { readPowermetrics } from "../../../lib/power/powermetrics/read.ts";
import { scanStream } from "../../../lib/power/powermetrics/scan_stream.ts";
import { fakeRecord } from "../fixtures/records.ts";
import { inPieces, recording, recordingTest, seeded } from "../fixtures/recordings.ts";

const MUTATIONS = Deno.env.get("TOKENWATT_LONG") === undefined ? 1000 : 10_000;
const MOST_GROWTH_BYTES = 200e6;

type Random = () => number;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NUL = Uint8Array.of(0);

/** Each way to spoil a record; bytes, as not all of what comes out is text. */
const WAYS: Record<string, (record: Uint8Array, random: Random) => Uint8Array> = {
  "cut off": (record, random) => record.slice(0, random() * record.length),
  "begun late": (record, random) => record.slice(random() * record.length),
  "bytes flipped": (record, random) => {
    const spoilt = record.slice();
    for (let i = 1 + random() * 50; i > 0; i--) {
      spoilt[random() * record.length | 0] = random() * 256;
    }
    return spoilt;
  },
  "a part missing": (record, random) => {
    const from = random() * record.length | 0;
    const rest = record.subarray(from + (1 + random() * 3000 | 0));
    return joined([record.subarray(0, from), rest]);
  },
  "huge numbers": (record, random) =>
    onText(record, (xml) =>
      xml.replace(
        />(-?[\d.]+)</g,
        (whole) =>
          random() < 0.1
            ? `>${random() < 0.3 ? "-" : ""}${"9".repeat(1 + random() * 400)}<`
            : whole,
      )),
  "keys missing": (record, random) =>
    onText(record, (xml) => xml.replace(/<key>\w+<\/key>/g, (key) => random() < 0.2 ? "" : key)),
  "nested deep": (record, random) =>
    onText(record, (xml) => {
      const at = xml.indexOf("<key>", random() * xml.length);
      const depth = 1000 + random() * 1000 | 0;
      const nest = "<key>a</key>" + "<dict><key>a</key>".repeat(depth) + "</dict>".repeat(depth);
      return xml.slice(0, at) + nest + xml.slice(at);
    }),
  "an entity bomb": (record) =>
    onText(record, (xml) => {
      const entities = Array.from(
        { length: 12 },
        (_, i) => `<!ENTITY e${i} "${i === 0 ? "lol" : `&e${i - 1};`.repeat(10)}">`,
      );
      return xml.replace(/<!DOCTYPE[^>]*>/, `<!DOCTYPE plist [${entities.join("")}]>`)
        .replace(/<string>[^<]*/g, "<string>&e11;");
    }),
  "no XML": (record, random) => record.map(() => random() * 256),
};

function onText(record: Uint8Array, change: (xml: string) => string): Uint8Array {
  return encoder.encode(change(decoder.decode(record)));
}

/** Without arrays of numbers: what this test itself takes would hide what the readers do. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Three records, the second spoilt, read by one of the two readers. */
async function survive(
  whole: Uint8Array,
  spoilt: Uint8Array,
  random: Random,
  reader: typeof scanStream | typeof readPowermetrics,
): Promise<{ elapsed: number[]; losses: StreamLoss[] }> {
  const stream = joined([whole, NUL, spoilt, NUL, whole]);
  const elapsed: number[] = [];
  const losses: StreamLoss[] = [];
  for await (const event of reader(inPieces(stream, () => 1 + random() * 65536))) {
    if ("record" in event) elapsed.push(event.record.elapsedNs);
    else losses.push(event.loss);
  }
  return { elapsed, losses };
}

async function spoil(records: readonly Uint8Array[], readers: {
  name: string;
  read: typeof scanStream | typeof readPowermetrics;
  every: number;
}[]): Promise<void> {
  const random = seeded(20260123);
  const ways = Object.entries(WAYS);
  const bornBytes = Deno.memoryUsage().rss;
  let lost = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const [way, spoilOne] = ways[i % ways.length]!;
    const whole = records[i % records.length]!;
    const spoilt = spoilOne(whole, random);
    for (const { name, read, every } of readers) {
      if (i % every !== 0) continue;
      const { elapsed, losses } = await survive(whole, spoilt, random, read);
      const what = `${name} after mutation ${i} (${way})`;
      // What stands before and after the spoilt record is read, and the record itself is a record
      // or a loss that says why.
      assert.equal(elapsed[0], elapsed.at(-1), what);
      assert.ok(elapsed.length >= 2, `${what} gave ${elapsed.length} records`);
      assert.ok(
        elapsed.length > 2 || losses.length > 0 || isBlank(spoilt),
        `${what} lost silently`,
      );
      for (const { bytes, reason } of losses) {
        assert.ok(bytes > 0 && /^[^\n]+$/.test(reason), `${what}: ${JSON.stringify(reason)}`);
      }
      if (losses.length > 0) lost++;
    }
  }
  assert.ok(lost > MUTATIONS / 4, `${lost} of ${MUTATIONS} were losses`);
  const grownBytes = Deno.memoryUsage().rss - bornBytes;
  assert.ok(grownBytes < MOST_GROWTH_BYTES, `memory grew by ${(grownBytes / 1e6).toFixed(0)} MB`);
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte <= 0x20);
}

const SCAN = { name: "scanStream()", read: scanStream };
const FULL = { name: "readPowermetrics()", read: readPowermetrics };

Deno.test(`both readers survive ${MUTATIONS} spoilt records of ours`, async () => {
  const records = [fakeRecord({ chip: "m1" }), fakeRecord()].map((xml) => encoder.encode(xml));
  await spoil(records, [{ ...SCAN, every: 1 }, { ...FULL, every: 20 }]);
});

recordingTest(`both readers survive ${MUTATIONS} spoilt records of real machines`, async () => {
  const names = ["m4max-macos26.2", "m1-macos13.3", "m4pro-macos15.5-gpu-5records"];
  // The first record of each; NULs stand between them.
  const records = names.map((name) => {
    const bytes = recording(`${name}.plist`);
    const end = bytes.indexOf(0);
    return end < 0 ? bytes : bytes.slice(0, end);
  });
  await spoil(records, [{ ...SCAN, every: 1 }, { ...FULL, every: 20 }]);
});
