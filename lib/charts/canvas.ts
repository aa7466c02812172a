/**
 * The little of a 2D canvas that Plot needs for `raster` and for continuous colour legends: no
 * server-side document has one (linkedom issue 287), and Deno's OffscreenCanvas has no 2D context.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

/** Writes RGBA pixels as a PNG file (PNG specification, third edition: 8 bits, colour type 6). */
export function encodePng(width: number, height: number, rgba: Uint8ClampedArray): Uint8Array {
  return png({ width, height, bytesPerPixel: 4, colorType: 6 }, rgba, []);
}

/** Writes pixels that are indexes into at most 256 hex colours; the index after the last is transparent. */
export function encodeIndexedPng(
  width: number,
  height: number,
  indexes: Uint8Array,
  colors: readonly string[],
): Uint8Array {
  const entries = [...colors.map(parseColor), [0, 0, 0, 0]];
  return png({ width, height, bytesPerPixel: 1, colorType: 3 }, indexes, [
    chunk("PLTE", entries.flatMap((rgba) => rgba.slice(0, 3))),
    chunk("tRNS", entries.map((rgba) => rgba[3] ?? 0)),
  ]);
}

function png(
  shape: { width: number; height: number; bytesPerPixel: number; colorType: number },
  pixels: Uint8Array | Uint8ClampedArray,
  palette: readonly Uint8Array[],
): Uint8Array {
  const { width, height, bytesPerPixel, colorType } = shape;
  const stride = width * bytesPerPixel;
  const rows = new Uint8Array((stride + 1) * height);
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorType, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = chunk("IDAT", deflateSync(rows, { level: 9 }));
  return Buffer.concat([signature, chunk("IHDR", header), ...palette, data, chunk("IEND", [])]);
}

function chunk(type: string, data: Uint8Array | number[]): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), Uint8Array.from(data)]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** The colours that d3 scales hand to a canvas: hex and rgb(). Others are transparent. */
function parseColor(text: string): [number, number, number, number] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (hex) return [1, 2, 3].map((at) => parseInt(hex[at] ?? "0", 16)).concat(255) as never;
  const [red, green, blue, alpha = 1] = (/^rgba?\((.+)\)$/.exec(text)?.[1] ?? "0,0,0,0")
    .split(/[,\s/]+/).map(Number);
  return [red ?? 0, green ?? 0, blue ?? 0, alpha * 255];
}

/** A canvas of pixels in memory. */
export class PixelCanvas {
  #width = 300;
  #height = 150;
  #pixels = new Uint8ClampedArray(300 * 150 * 4);
  /** The current colour, as on the real context. */
  fillStyle = "#000000";

  get width(): number {
    return this.#width;
  }
  set width(value: number) {
    this.#resize(value, this.#height);
  }
  get height(): number {
    return this.#height;
  }
  set height(value: number) {
    this.#resize(this.#width, value);
  }

  #resize(width: number, height: number): void {
    this.#width = Math.max(1, Math.floor(width));
    this.#height = Math.max(1, Math.floor(height));
    this.#pixels = new Uint8ClampedArray(this.#width * this.#height * 4);
  }

  /** A new, transparent picture. */
  createImageData(
    width: number,
    height: number,
  ): { width: number; height: number; data: Uint8ClampedArray } {
    return { width, height, data: new Uint8ClampedArray(width * height * 4) };
  }

  /** Copies a picture to (0, 0), the only place where Plot puts one. */
  putImageData(image: { width: number; height: number; data: Uint8ClampedArray }): void {
    const columns = Math.min(image.width, this.#width);
    for (let row = 0; row < Math.min(image.height, this.#height); row++) {
      const from = row * image.width * 4;
      this.#pixels.set(image.data.subarray(from, from + columns * 4), row * this.#width * 4);
    }
  }

  /** Fills whole pixels with the current colour. */
  fillRect(x: number, y: number, width: number, height: number): void {
    const rgba = parseColor(this.fillStyle);
    for (let row = Math.max(0, y); row < Math.min(this.#height, y + height); row++) {
      for (let column = Math.max(0, x); column < Math.min(this.#width, x + width); column++) {
        this.#pixels.set(rgba, (row * this.#width + column) * 4);
      }
    }
  }

  /** The picture as a `data:` URL. */
  toDataURL(): string {
    const png = encodePng(this.#width, this.#height, this.#pixels);
    return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
  }
}
