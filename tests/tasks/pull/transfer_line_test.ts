import assert from "node:assert/strict";
import { TransferLine } from "../../../tasks/pull/transfer_line.ts";

Deno.test("TransferLine tells amount, speed and time left, over the last seconds", () => {
  const line = new TransferLine();
  assert.equal(line.text(0, 100e6, 0), "0 B of 100 MB");
  // A megabyte a second, reported every 10 ms.
  let last = "";
  for (let ms = 10; ms <= 20_000; ms += 10) last = line.text(ms * 1e3, 100e6, ms) ?? last;
  assert.equal(last, "20.0 MB of 100 MB  1.00 MB/s  1:20 left");
  // Ten times as fast: soon it shows.
  for (let ms = 10; ms <= 6_000; ms += 10) {
    last = line.text(20e6 + ms * 1e4, 1e10, 20_000 + ms) ?? last;
  }
  assert.match(last, /^80.0 MB of 10.0 GB {2}(9|10)\.\d+ MB\/s {2}1[67]:\d\d left$/);
});

Deno.test("TransferLine draws ten times a second at most, in less than 56 columns", () => {
  const line = new TransferLine();
  const drawn: string[] = [];
  for (let ms = 0; ms < 1_000; ms++) {
    const text = line.text(ms * 987_654, 987_654_321_000, ms);
    if (text !== null) drawn.push(text);
  }
  assert.equal(drawn.length, 10);
  for (const text of drawn) assert.ok(text.length < 56, text);
});

Deno.test("TransferLine has no speed where a transfer began anew", () => {
  const line = new TransferLine();
  line.text(5e6, 10e6, 0);
  line.text(6e6, 10e6, 1_000);
  assert.equal(line.text(0, 10e6, 2_000), "0 B of 10.0 MB");
});
