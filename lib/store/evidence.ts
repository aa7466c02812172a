import { gunzipSync, gzipSync } from "node:zlib";
import type { Sql } from "./sql.ts";

/** More than this is no run of ours: the inside of 1,000 tokens of 80 layers takes 20 MB. */
const MOST_BYTES = 2 ** 29;

/** Arrays that JSON would write out number by number, and not bit for bit where they hold NaN. */
const ARRAYS = { Float64Array, Float32Array, Int32Array, Uint8Array };

/** Gzipped JSON, with typed arrays as base64 of their bytes (little-endian, as all of our machines). */
export function packEvidence(evidence: object): Uint8Array {
  return new Uint8Array(gzipSync(JSON.stringify(evidence, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    const { buffer, byteOffset, byteLength } = value;
    const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    return { [`$${value.constructor.name}`]: bytes.toBase64() };
  })));
}

/** The same object again, bit for bit. */
export function unpackEvidence(gzip: Uint8Array): object {
  return JSON.parse(gunzipSync(gzip, { maxOutputLength: MOST_BYTES }).toString(), (_, value) => {
    for (const [name, TypedArray] of Object.entries(ARRAYS)) {
      const base64 = value?.[`$${name}`];
      if (typeof base64 === "string") return new TypedArray(Uint8Array.fromBase64(base64).buffer);
    }
    return value;
  });
}

/** Keeps what a result was made of beside the rows, in the place of what was kept before. */
export function writeEvidence(sql: Sql, run: number, gzip: Uint8Array): void {
  sql.run(
    `INSERT INTO run_evidence (run, gzip) VALUES (?, ?)
    ON CONFLICT (run) DO UPDATE SET gzip = excluded.gzip`,
    run,
    gzip,
  );
}

/** What was kept; `null` for runs that ended without, and those of versions before 3. */
export function readEvidence(sql: Sql, run: number): Uint8Array | null {
  const row = sql.get<{ gzip: Uint8Array }>("SELECT gzip FROM run_evidence WHERE run = ?", run);
  return row ? new Uint8Array(row.gzip) : null;
}
