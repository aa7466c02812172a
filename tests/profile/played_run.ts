import { RIG_RAILS } from "../../lib/power/rig/mod.ts";
import { Evidence } from "../../lib/profile/evidence.ts";
import { latchOf } from "../../lib/profile/latch.ts";
import type { ProfileOptions } from "../../lib/profile/options.ts";
import { planOf } from "../../lib/profile/plan.ts";
import { powerEvidence } from "../../lib/profile/power_evidence.ts";
import type { Remains } from "../../lib/profile/remains.ts";
import type { Finding } from "../../lib/record.ts";
import type { Generations } from "../../tasks/accuracy/generations.ts";

const OUTER = { load: null, warmUp: null, before: null, after: null };

/** A run as `profile()` would have left it, played by the rig. */
export function remains(
  played: Generations,
  options: ProfileOptions,
  findings: Finding[] = [],
): Remains {
  const evidence = new Evidence();
  played.repetitions.forEach((tokens, index) =>
    evidence.add({
      repetitions: [{ index, startMs: tokens[0]!.startMs, endMs: tokens.at(-1)!.endMs }],
      sections: [],
      tokens: tokens.map((token) => ({
        ...token,
        repetition: index,
        id: token.index,
        text: "x",
        phase: token.index === 0 ? "prefill" as const : "decode" as const,
      })),
    })
  );
  const info = {
    name: "rig",
    kind: "simulated" as const,
    label: "rig",
    rails: [...RIG_RAILS],
    totalRails: [...RIG_RAILS],
    statedError: null,
  };
  const alignment = {
    boundMs: played.boundMs,
    offsetMs: 0,
    ratePpm: 0,
    convention: "start" as const,
    samples: played.samples,
    findings: [],
  };
  const plan = planOf(options);
  const power = { ...info, source: "rig", intervalMs: 100, boundMs: null, observerMw: null };
  return {
    runId: "run",
    header: {
      model: {
        name: "m",
        path: "m",
        family: "llama",
        numLayers: 1,
        parameters: 1,
        precision: "fp32",
        contextLength: null,
      },
      prompt: "p",
      startedAtMs: 0,
      options: {},
      power,
    },
    promptTokens: [3],
    plan,
    evidence,
    interrupted: false,
    outer: OUTER,
    power: powerEvidence(
      { samples: played.samples, alignment, findings },
      info,
      latchOf("simulated", null),
      OUTER,
    ),
    sampling: findings,
    observed: [],
  };
}
