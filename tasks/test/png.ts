import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";

/** The pixels of a screenshot: `channels` bytes each, rows from the top. */
export interface Picture {
  width: number;
  height: number;
  channels: number;
  pixels: Uint8Array;
}

/**
 * Decodes the PNGs that Chromium writes: 8 bits a channel, RGB or RGBA, not interlaced.
 * Format: W3C, Portable Network Graphics, sections 5 (chunks) and 9 (filters).
 */
export function decodePng(file: Uint8Array): Picture {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colour, interlace] = [file[24], file[25], file[28]];
  const channels = colour === 2 ? 3 : colour === 6 ? 4 : 0;
  if (depth !== 8 || channels === 0 || interlace !== 0) {
    throw new Error(`Cannot decode a PNG of depth ${depth}, colour type ${colour}`);
  }
  const data: Uint8Array[] = [];
  for (let at = 8; at < file.length; at += 12 + view.getUint32(at)) {
    const kind = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (kind === "IDAT") data.push(file.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const filtered = inflateSync(Buffer.concat(data));
  return {
    width,
    height,
    channels,
    pixels: unfilter(filtered, width * channels, height, channels),
  };
}

/** The share of pixels in rows `[top, bottom)` that differ from the most common colour there. */
export function inkShare(picture: Picture, top: number, bottom: number): number {
  const { width, channels, pixels } = picture;
  const counts = new Map<number, number>();
  for (let at = top * width * channels; at < bottom * width * channels; at += channels) {
    const colour = pixels[at]! << 16 | pixels[at + 1]! << 8 | pixels[at + 2]!;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return 1 - Math.max(...counts.values()) / ((bottom - top) * width);
}

function unfilter(data: Uint8Array, stride: number, height: number, step: number): Uint8Array {
  const pixels = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = data[row * (stride + 1)];
    for (let column = 0; column < stride; column++) {
      const at = row * stride + column;
      const left = column >= step ? pixels[at - step]! : 0;
      const up = row > 0 ? pixels[at - stride]! : 0;
      const corner = column >= step && row > 0 ? pixels[at - stride - step]! : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      pixels[at] = data[row * (stride + 1) + 1 + column]! + predicted;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(estimate - value));
  if (toLeft! <= toUp! && toLeft! <= toCorner!) return left;
  return toUp! <= toCorner! ? up : corner;
}
