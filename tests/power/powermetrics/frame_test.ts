import assert from "node:assert/strict";
import { frameRecords, LONGEST_RECORD_BYTES } from "../../../lib/power/powermetrics/frame.ts";
import { parsePowermetrics } from "../../../lib/power/powermetrics/parse.ts";
import { readPowermetrics } from "../../../lib/power/powermetrics/read.ts";
import { fakeRecord } from "../fixtures/records.ts";
import { inPieces, recording, recordingTest, seeded } from "../fixtures/recordings.ts";

const encoder = new TextEncoder();

async function read(
  stream: string | Uint8Array,
  next: () => number = () => 65536,
): Promise<{ energies: (number | null)[]; losses: { bytes: number; reason: string }[] }> {
  const bytes = typeof stream === "string" ? encoder.encode(stream) : stream;
  const energies: (number | null)[] = [];
  const losses = [];
  for await (const event of readPowermetrics(inPieces(bytes, next))) {
    if ("record" in event) energies.push(event.record.energyMj.cpu);
    else losses.push(event.loss);
  }
  return { energies, losses };
}

/** Short records with the energies 1, 2, …, framed as powermetrics does. */
function records(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) =>
      `<?xml version="1.0"?>\n<plist version="1.0">\n<dict>\n<key>elapsed_ns</key>` +
      `<integer>5</integer><key>processor</key><dict><key>cpu_energy</key>` +
      `<integer>${i + 1}</integer></dict></dict>\n</plist>\n`,
  );
}

Deno.test("readPowermetrics() finds the same records however the chunks are split", async () => {
  const stream = records(4).join("\0");
  const random = seeded(7);
  for (let i = 0; i < 300; i++) {
    const { energies, losses } = await read(stream, () => 1 + random() ** 3 * 400);
    assert.deepEqual(energies, [1, 2, 3, 4]);
    assert.deepEqual(losses, []);
  }
  assert.deepEqual((await read(stream, () => 1)).energies, [1, 2, 3, 4]);
});

Deno.test("readPowermetrics() gives a record out when </plist> arrives, not at the NUL", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const events = readPowermetrics(readable);
  const [first] = records(1);
  const next = events.next();
  await writer.write(encoder.encode(first!.trimEnd()));
  const { value } = await next;
  assert.ok(value && "record" in value);
  assert.equal(value.record.energyMj.cpu, 1);
  await events.return(undefined);
});

Deno.test("readPowermetrics() drops NULs and white space, also after the last record", async () => {
  const [a, b] = records(2);
  const { energies, losses } = await read(`\0\n${a}\0\0 \r\n${b}\0\n\0`);
  assert.deepEqual(energies, [1, 2]);
  assert.deepEqual(losses, []);
});

Deno.test("readPowermetrics() counts half a last record", async () => {
  const [a, b] = records(2);
  const half = b!.slice(0, 60);
  const { energies, losses } = await read(`${a}\0${half}`);
  assert.deepEqual(energies, [1]);
  assert.deepEqual(losses, [{ bytes: 60, reason: "the last record was cut off" }]);
});

Deno.test("readPowermetrics() counts bytes between records and keeps both", async () => {
  const [a, b] = records(2);
  const { energies, losses } = await read(`${a}\0garbage\n${b}`);
  assert.deepEqual(energies, [1, 2]);
  assert.deepEqual(losses, [{ bytes: 8, reason: "bytes between two records" }]);
});

Deno.test("readPowermetrics() counts a record that another one interrupts", async () => {
  const [a, b, c] = records(3);
  const { energies, losses } = await read(`${a}\0${b!.slice(0, 50)}${c}`);
  assert.deepEqual(energies, [1, 3]);
  assert.deepEqual(losses, [{ bytes: 50, reason: "a record without its end" }]);
});

Deno.test("readPowermetrics() counts an end without a start, and a record that says nothing", async () => {
  const { energies, losses } = await read("rest of one</plist>\n\0<plist><dict></dict></plist>");
  assert.deepEqual(energies, []);
  assert.equal(losses.length, 2);
  assert.match(losses[0]!.reason, /without its start/);
  assert.match(losses[1]!.reason, /elapsed_ns/);
});

Deno.test("readPowermetrics() gives up a record without end, and reads on", async () => {
  const [a, b] = records(2);
  const runaway = "<?xml>" + "x".repeat(LONGEST_RECORD_BYTES + 100_000);
  const { energies, losses } = await read(`${a}\0${runaway}${b}`);
  assert.deepEqual(energies, [1, 2]);
  assert.ok(losses.some(({ reason }) => /within 1 MB/.test(reason)));
  const lost = losses.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.equal(lost, runaway.length);
});

Deno.test("readPowermetrics() reads a ReadableStream, and an empty one", async () => {
  const stream = new Blob([records(2).join("\0")]).stream();
  const events = await Array.fromAsync(readPowermetrics(stream));
  assert.equal(events.length, 2);
  assert.deepEqual(await read(""), { energies: [], losses: [] });
});

Deno.test("frameRecords() keeps every byte of whole records", async () => {
  const stream = [fakeRecord(), fakeRecord({ chip: "m1" }), fakeRecord({ chip: "m4pro" })]
    .join("\0");
  const random = seeded(3);
  const raw: Uint8Array[] = [];
  for await (const frame of frameRecords(inPieces(encoder.encode(stream), () => random() * 9e4))) {
    assert.ok("raw" in frame);
    raw.push(frame.raw);
    parsePowermetrics(new TextDecoder().decode(frame.bytes));
  }
  const kept = await new Blob(raw as BlobPart[]).text();
  assert.equal(kept, stream.trimEnd());
});

recordingTest("readPowermetrics() reads recorded streams split at random", async () => {
  const bytes = recording("m4pro-macos15.5-gpu-5records.plist");
  const random = seeded(11);
  for (let i = 0; i < 5; i++) {
    const events = await Array.fromAsync(
      readPowermetrics(inPieces(bytes, () => 1 + random() * 5000)),
    );
    const energies = events.map((event) => "record" in event ? event.record.energyMj.gpu : null);
    assert.deepEqual(energies, [19, 107, 788, 146, 126]);
  }
});
