import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { decodePng, inkShare } from "../../tasks/test/png.ts";

/** A PNG whose scan lines stand as given: a filter number, then the filtered bytes. */
function pngOf(width: number, lines: number[][], colour = 2): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, lines.length);
  header.set([8, colour, 0, 0, 0], 8);
  const chunk = (kind: string, data: Uint8Array) => {
    const bytes = new Uint8Array(12 + data.length);
    new DataView(bytes.buffer).setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(kind), 4);
    bytes.set(data, 8);
    return [...bytes];
  };
  const data = deflateSync(Uint8Array.from(lines.flat()));
  const signature = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
  return Uint8Array.from([...signature, ...chunk("IHDR", header), ...chunk("IDAT", data)]);
}

Deno.test("decodePng() undoes each of the five filters", () => {
  const { pixels } = decodePng(pngOf(2, [
    [0, 10, 20, 30, 40, 50, 60],
    [1, 1, 2, 3, 1, 1, 1],
    [2, 1, 1, 1, 255, 255, 255],
    [3, 0, 0, 0, 0, 0, 0],
    [4, 1, 1, 1, 0, 0, 0],
  ]));
  // By hand, after W3C PNG section 9.2; additions are modulo 256.
  assert.deepEqual([...pixels], [
    ...[10, 20, 30, 40, 50, 60],
    ...[1, 2, 3, 2, 3, 4],
    ...[2, 3, 4, 1, 2, 3],
    ...[1, 1, 2, 1, 1, 2],
    ...[2, 2, 3, 2, 2, 3],
  ]);
});

Deno.test("decodePng() refuses what it would misread", () => {
  assert.throws(() => decodePng(pngOf(1, [[0, 1]], 3)), /colour type 3/);
});

Deno.test("inkShare() is 0 on a blank band and counts the drawn pixels of another", () => {
  const [white, red] = [[255, 255, 255], [255, 0, 0]];
  const picture = decodePng(pngOf(4, [
    [0, ...red, ...red, ...red, ...red],
    [0, ...red, ...white, ...white, ...white],
  ]));
  assert.equal(inkShare(picture, 0, 1), 0);
  assert.equal(inkShare(picture, 1, 2), 0.25);
});
