import type { Scaling } from "./scaling.ts";

/** A scaling in one line. */
export function verdictOf(
  { power, points, metricName, findings }: Omit<Scaling, "verdict">,
): string {
  const dram = findings.some(({ kind }) => kind === "dram-not-measured")
    ? "; DRAM not measured"
    : "";
  if (power === null) {
    const sizes = points.length === 1 ? "one size of model" : `${points.length} sizes of model`;
    return `No law: ${sizes} measured; three are needed`;
  }
  const { exponent: { value, low, high, resolved }, rSquared } = power;
  const ends = `${low?.toFixed(2)} to ${high?.toFixed(2)}`;
  return (resolved
    ? `${capital(metricName)} grows with weights to the power ${value.toFixed(2)} (${ends}), ` +
      `R² ${rSquared.toFixed(3)}, over ${power.points} models`
    : `Whether ${metricName} grows with weights cannot be seen: the exponent lies between ${ends}`) +
    dram;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
