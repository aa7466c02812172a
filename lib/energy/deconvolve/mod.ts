/**
 * Tokens out of repetitions of the whole answer: each meets the records at another phase.
 *
 * @module
 */
export { type Deconvolution, deconvolve } from "./deconvolve.ts";
export { type DeconvolvedTokens, deconvolveTokens } from "./tokens.ts";
