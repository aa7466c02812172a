/**
 * Speed against energy.
 *
 * @module
 */
export { type Tradeoff, tradeoff, type TradeoffOptions, type TradeoffPoint } from "./tradeoff.ts";
