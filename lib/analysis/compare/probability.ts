/** A p-value as verdicts tell it. */
export function probabilityText(p: number): string {
  return p < 0.0001 ? "p < 0.0001" : `p = ${p.toPrecision(2)}`;
}
