import assert from "node:assert/strict";
import { fitLine } from "../../lib/analysis/statistics/mod.ts";
import { ENGINES, openSession } from "../../lib/inference/mod.ts";
import { best } from "../../lib/inference/sampling.ts";
import { loadModel } from "../../lib/model/mod.ts";
import { testUnless } from "../gate/needs.ts";

/** Resident memory wavers by megabytes; what glibc has given out and not got back does not. */
const MALLINFO = new Array(10).fill("usize") as "usize"[];
const HEAP_WORD = 7; // uordblks: bytes in use
const MAPPED_WORD = 4; // hblkhd: bytes in use that are mapped one by one
const SESSIONS = 120;
/** Some handles of a kilobyte are not seen: a thousand runs would leave a megabyte. */
const LEAST_LEAK = 16 * 1024;

/** `mallinfo2` of glibc, from 2.33 on; `null` where there is none. */
function nativeBytes(): (() => number) | null {
  try {
    const { symbols } = Deno.dlopen("libc.so.6", {
      mallinfo2: { parameters: [], result: { struct: MALLINFO } },
    });
    return () => {
      const { buffer, byteOffset } = symbols.mallinfo2();
      const words = new BigUint64Array(buffer, byteOffset, MALLINFO.length);
      return Number(words[HEAP_WORD]! + words[MAPPED_WORD]!);
    };
  } catch {
    return null;
  }
}

const isLong = Deno.env.get("TOKENWATT_LONG") === "1";
const bytes = nativeBytes();
const lacking = bytes === null
  ? "only glibc tells what is in use"
  : isLong
  ? null
  : "it opens 240 sessions; TOKENWATT_LONG=1 runs it";

for (const engine of ENGINES) {
  testUnless(lacking, `${engine}: a session that is released leaves no native memory`, async () => {
    const model = await loadModel("models/tinytales");
    const prompt = model.tokenizer.encode("Once upon a time");
    const points = [];
    for (let x = 0; x < SESSIONS; x++) {
      await using session = await openSession(model, { threads: 1, engine });
      await session.run([best(await session.run(prompt))]);
      await session.release();
      points.push({ x, y: bytes!(), weight: 1 });
    }
    const { slope, slopeError } = fitLine(points.slice(SESSIONS / 4))!;
    const kib = (bytes: number) => (bytes / 1024).toFixed(1);
    console.log(`${engine}: a session leaves ${kib(slope)} ± ${kib(slopeError)} KiB`);
    assert.ok(slope - slopeError < LEAST_LEAK, `each session leaves ${slope} bytes`);
  });
}
