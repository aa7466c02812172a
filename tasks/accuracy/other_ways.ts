import type { PowerSample } from "../../lib/record.ts";

/** What a way of computing energy is given. */
export interface Seen {
  /** Records with the dates that alignment gave them. */
  samples: readonly PowerSample[];
  arrivalsMs: readonly number[];
  /** From the first to the last of the work that is looked at. */
  workMs: readonly [startMs: number, endMs: number];
}

/** How others compute the energy of a span, in mJ. */
export type OtherWay = (seen: Seen, startMs: number, endMs: number) => number;

/** The ways of other tools, as the shared notes on measurement list them; the last is a fair one. */
export const OTHER_WAYS: Readonly<Record<string, OtherWay>> = {
  "nearest sample × duration": ({ samples, arrivalsMs }, startMs, endMs) => {
    const middleMs = (startMs + endMs) / 2;
    let nearest = 0;
    arrivalsMs.forEach((arrivalMs, i) => {
      if (Math.abs(arrivalMs - middleMs) < Math.abs(arrivalsMs[nearest]! - middleMs)) nearest = i;
    });
    return powerMw(samples[nearest]!) * (endMs - startMs) / 1000;
  },

  "trapezoid on arrival times": ({ samples, arrivalsMs }, startMs, endMs) => {
    let energyMj = 0;
    for (let i = 1; i < samples.length; i++) {
      const [a, b] = [arrivalsMs[i - 1]!, arrivalsMs[i]!];
      const fromMs = Math.max(a, startMs);
      const toMs = Math.min(b, endMs);
      if (toMs <= fromMs) continue;
      const [before, after] = [powerMw(samples[i - 1]!), powerMw(samples[i]!)];
      const at = (timeMs: number) => before + (after - before) * (timeMs - a) / (b - a);
      energyMj += (at(fromMs) + at(toMs)) / 2 * (toMs - fromMs) / 1000;
    }
    return energyMj;
  },

  // As is done with the mean power of all that was sampled while it ran.
  "mean power × share": ({ samples, workMs: [fromMs, toMs] }, startMs, endMs) => {
    let [sumMw, count] = [0, 0];
    for (const sample of samples) {
      if (sample.endMs <= fromMs || sample.startMs >= toMs) continue;
      sumMw += powerMw(sample);
      count++;
    }
    return sumMw / count * (endMs - startMs) / 1000;
  },

  "overlap ÷ length": ({ samples }, startMs, endMs) =>
    samples.reduce((sum, sample) => {
      const insideMs = Math.min(sample.endMs, endMs) - Math.max(sample.startMs, startMs);
      return insideMs > 0 ? sum + powerMw(sample) * insideMs / 1000 : sum;
    }, 0),
};

function powerMw({ startMs, endMs, energyMj }: PowerSample): number {
  const { cpu, gpu, ane } = energyMj;
  return ((cpu ?? 0) + (gpu ?? 0) + (ane ?? 0)) / (endMs - startMs) * 1000;
}
