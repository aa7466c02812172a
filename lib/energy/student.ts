/**
 * Student's 97.5 % point by the normal one: Cornish and Fisher's terms (Abramowitz and Stegun,
 * 26.7.5), less than a percent short from two degrees of freedom on; of one, Cauchy's.
 */
export function studentWidening(freedom: number): number {
  if (freedom === 1) return Math.tan(0.475 * Math.PI) / 1.96;
  const terms = [2.3723, 2.8225, 2.5558, 1.5895];
  return 1 + terms.reduce((sum, term, at) => sum + term / freedom ** (at + 1), 0) / 1.96;
}
