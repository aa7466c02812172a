/**
 * A tensor in int8 with one scale, by the arithmetic of `onnxruntime.quantization`
 * (quant_utils.py, compute_scale_zp and quantize_nparray; symmetric): bit for bit the same.
 *
 * @module
 */

/** The largest absolute value; yields nothing but pauses, in which a build can be stopped. */
export function* absoluteMaximum(
  pieces: Iterable<Float32Array>,
): Generator<Uint8Array<ArrayBuffer>, number> {
  let most = 0;
  for (const piece of pieces) {
    for (let i = 0; i < piece.length; i++) {
      const size = Math.abs(piece[i]!);
      if (size > most) most = size;
    }
    yield new Uint8Array(0);
  }
  return most;
}

const LEAST_NORMAL = 2 ** -126;

/** What one step of int8 stands for, so that ±127 are ±`most`; 1 where all is 0. */
export function int8Scale(most: number): number {
  const scale = (most + most) / 254;
  return scale < LEAST_NORMAL ? 1 : Math.fround(scale);
}

// Adding and taking away 1.5 · 2^52 rounds to the nearest whole number, halves to even.
const ROUNDER = 1.5 * 2 ** 52;

/** The values in steps of `scale`, rounded to the nearest, halves to even. */
export function* int8Values(
  pieces: Iterable<Float32Array>,
  scale: number,
): Generator<Uint8Array<ArrayBuffer>> {
  let room = new Int8Array(0);
  for (const piece of pieces) {
    if (room.length < piece.length) room = new Int8Array(piece.length);
    for (let i = 0; i < piece.length; i++) {
      const steps = Math.fround(piece[i]! / scale) + ROUNDER - ROUNDER;
      room[i] = steps > 127 ? 127 : steps < -128 ? -128 : steps;
    }
    yield new Uint8Array(room.buffer, 0, piece.length);
  }
}
