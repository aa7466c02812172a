/** Student's 97.5 % point by the normal one: Cornish and Fisher's first terms (Fisher, 1941). */
export function studentWidening(freedom: number): number {
  return 1 + (2.372 / freedom + 2.823 / freedom ** 2) / 1.96;
}
