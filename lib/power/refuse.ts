import type { Finding, PowerSample } from "../record.ts";

/**
 * Takes out of the samples what a finding calls stuck: `null`, as it was not measured. A batched rail
 * stays: who reads its energies must know that they are batches (`batchedRails` of `attributeEnergy`).
 */
export function refuseRails(
  samples: readonly PowerSample[],
  findings: readonly Finding[],
): PowerSample[] {
  const refusals = findings.filter(({ kind, rail, severity }) =>
    rail !== undefined && severity === "invalid" && kind === "stuck-rail"
  );
  if (refusals.length === 0) return [...samples];
  return samples.map((sample) => {
    const energyMj = { ...sample.energyMj };
    for (const { rail, startMs = -Infinity, endMs = Infinity } of refusals) {
      const isMeant = sample.endMs > startMs && sample.startMs < endMs;
      if (rail !== undefined && isMeant) energyMj[rail] = null;
    }
    return { ...sample, energyMj };
  });
}
