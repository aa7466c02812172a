/** Widens half floats that are held as their bits. */
export function widened(half: Uint16Array): Float32Array {
  return new Float32Array(
    new Float16Array(half.buffer as ArrayBuffer, half.byteOffset, half.length),
  );
}
