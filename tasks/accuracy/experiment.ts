import { amplifiedTrials } from "./amplified.ts";
import { type AlignmentTrial, alignmentTrial } from "./alignment.ts";
import { FAMILIES } from "./families.ts";
import { batchedTrials } from "./batched.ts";
import { POWER_SHAPES } from "./generations.ts";
import { partTrials } from "./parts.ts";
import { PHASE_LENGTHS, type PhaseLength, phaseTrials } from "./phases.ts";
import { TOKEN_TIMES, tokenTrials } from "./tokens.ts";
import type { Trial } from "./trial.ts";

/** All trials of one experiment. */
export interface Trials {
  runs: number;
  seed: number;
  /** Runs of 10 s to 10 min, of all families in turn. */
  mixed: AlignmentTrial[];
  /** Runs of 10 s at a cadence of 116 to 130 ms. */
  tenSeconds: AlignmentTrial[];
  /** The same where the counters are read at once. */
  prompt: AlignmentTrial[];
  /** Runs of 10 min with 5 ppm of drift, either way. */
  drifting: AlignmentTrial[];
  /** Runs with a gap after every record. */
  gapped: AlignmentTrial[];
  /** Runs in which the wall clock is slewed by 20 ppm. */
  slewed: AlignmentTrial[];
  /** The same, where nobody reads how far the two clocks are apart. */
  blind: AlignmentTrial[];
  /** Phases, tokens, layers and components. */
  energies: Trial[];
}

// Of 1,000 runs: enough of each for its goal, and still under a minute in all.
const SHARES = {
  tenSeconds: 1,
  drifting: 0.05,
  gapped: 0.1,
  slewed: 0.05,
  phases: 0.1,
  batched: 0.1,
  tokens: 0.004,
  parts: 0.02,
};
const FAST = FAMILIES.filter(({ cadenceMs }) => cadenceMs >= 116 && cadenceMs <= 130);
const DRIFT_PPM = 5;
const SLEW_PPM = 20;
// So that the parts of the experiment share no run.
const SEED_STEP = 1_000_000;

/** Plays all of it; `onProgress` is told how much is done, 0 to 1. */
export function experiment(
  runs: number,
  seed: number,
  onProgress: (fraction: number) => void = () => {},
): Trials {
  const count = (share: number) => Math.max(10, Math.ceil(runs * share));
  const perPhaseRow = count(SHARES.phases);
  const perBatched = count(SHARES.batched);
  const perPart = Math.ceil(runs * SHARES.parts);
  // Every family where there is time, else each in its turn.
  const rounds = runs * SHARES.tokens;
  const answers = TOKEN_TIMES.flatMap((tokenMs) =>
    POWER_SHAPES.flatMap((shape) =>
      Array.from({ length: Math.max(2, Math.round(rounds * FAMILIES.length)) }, () => ({
        tokenMs,
        shape,
      }))
    )
  ).map((answer, at) => ({ ...answer, family: FAMILIES[at % FAMILIES.length]! }));
  const total = runs + 2 * count(SHARES.tenSeconds) + count(SHARES.drifting) +
    count(SHARES.gapped) +
    2 * count(SHARES.slewed) + FAMILIES.length * (2 * perPhaseRow + perBatched + 2 * perPart) +
    answers.length;
  let done = 0;
  let part = 0;
  const play = <T>(trials: number, trial: (seed: number, index: number) => T): T[] => {
    const first = seed + SEED_STEP * ++part;
    return Array.from({ length: trials }, (_, index) => {
      onProgress(done++ / total);
      return trial(first + index, index);
    });
  };
  const among = <T>(all: readonly T[], index: number) => all[index % all.length]!;
  const way = (index: number) => index % 2 === 0 ? 1 : -1;

  const slewed = (seed: number, i: number, isBlind: boolean) =>
    alignmentTrial({
      seed,
      family: among(FAST, i),
      seconds: 600,
      traits: { wallPpm: way(i) * SLEW_PPM },
      isBlind,
    });

  return {
    runs,
    seed,
    mixed: play(runs, (seed, i) => alignmentTrial({ seed, family: among(FAMILIES, i) })),
    tenSeconds: play(
      count(SHARES.tenSeconds),
      (seed, i) => alignmentTrial({ seed, family: among(FAST, i), seconds: 10 }),
    ),
    prompt: play(count(SHARES.tenSeconds), (seed, i) =>
      alignmentTrial({
        seed,
        family: among(FAST, i),
        seconds: 10,
        traits: { latchMs: { cpu: 0, gpu: 0, ane: 0 } },
      })),
    drifting: play(count(SHARES.drifting), (seed, i) =>
      alignmentTrial({
        seed,
        family: among(FAMILIES.slice(0, 4), i),
        seconds: 600,
        traits: { ratePpm: way(i) * DRIFT_PPM },
      })),
    gapped: play(
      count(SHARES.gapped),
      (seed, i) =>
        alignmentTrial({
          seed,
          family: among(FAST, i),
          traits: { gapMs: 0.1 + 0.9 * (i % 10) / 9 },
        }),
    ),
    slewed: play(count(SHARES.slewed), (seed, i) => slewed(seed, i, false)),
    blind: play(count(SHARES.slewed), (seed, i) => slewed(seed, i, true)),
    energies: [
      ...FAMILIES.flatMap((family) =>
        (Object.keys(PHASE_LENGTHS) as PhaseLength[]).flatMap((length) =>
          play(perPhaseRow, (seed) => phaseTrials(seed, family, length)).flat()
        )
      ),
      ...FAMILIES.flatMap((family) =>
        play(perBatched, (seed) => batchedTrials(seed, family)).flat()
      ),
      ...play(answers.length, (seed, at) => {
        const { family, tokenMs, shape } = answers[at]!;
        return tokenTrials(seed, family, tokenMs, shape);
      }).flat(),
      ...FAMILIES.flatMap((family) => play(perPart, (seed) => partTrials(seed, family)).flat()),
      ...FAMILIES.flatMap((family) =>
        play(perPart, (seed) => amplifiedTrials(seed, family)).flat()
      ),
    ],
  };
}
