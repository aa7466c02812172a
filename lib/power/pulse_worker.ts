/**
 * Works while it is told to: one CPU's part of the pulses by which a meter is calibrated.
 *
 * @module
 */
import { nowMs } from "../clock.ts";
import { PULSE } from "./pulses.ts";

self.onmessage = (
  { data }: MessageEvent<{ state: SharedArrayBuffer; timesMs: SharedArrayBuffer }>,
) => {
  const state = new Int32Array(data.state);
  const timesMs = new Float64Array(data.timesMs);
  self.postMessage("ready");
  for (;;) {
    Atomics.wait(state, 0, PULSE.rest);
    if (Atomics.load(state, 0) === PULSE.quit) break;
    timesMs[0] = nowMs();
    let product = 1;
    while (Atomics.load(state, 0) === PULSE.work) {
      for (let i = 0; i < 10_000; i++) product = product * 1.0000001 + i % 3;
    }
    timesMs[1] = product === 0 ? NaN : nowMs();
  }
  self.close();
};
