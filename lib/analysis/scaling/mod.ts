/**
 * How figures grow with the size of models.
 *
 * @module
 */
export type { MixtureCost } from "./mixtures.ts";
export type { Polynomial, PolynomialFits } from "./polynomial.ts";
export type { PowerLaw } from "./power_law.ts";
export { type Scaling, scaling, type ScalingOptions, type ScalingPoint } from "./scaling.ts";
