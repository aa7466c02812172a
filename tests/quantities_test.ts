import { strictEqual } from "node:assert/strict";
import {
  formatInterval,
  formatMj,
  formatMs,
  formatMw,
  mostPercent,
  phaseName,
  signedPercent,
  threeDigits,
} from "../lib/quantities.ts";

Deno.test("threeDigits() keeps three digits, whole numbers whole, and signs", () => {
  strictEqual(threeDigits(0), "0");
  strictEqual(threeDigits(0.01234), "0.0123");
  strictEqual(threeDigits(3.14159), "3.14");
  strictEqual(threeDigits(31.4159), "31.4");
  strictEqual(threeDigits(1020.4), "1,020");
  strictEqual(threeDigits(-42.42), "−42.4");
});

Deno.test("signedPercent() has a sign, and ends at what says anything", () => {
  strictEqual(signedPercent(0.052), "+0.05");
  strictEqual(signedPercent(-46.4), "−46");
  strictEqual(signedPercent(404.4), "+404");
  strictEqual(signedPercent(84_213), "more than +1000");
  strictEqual(signedPercent(1500, mostPercent({ low: 1400 })), "+1500");
  strictEqual(signedPercent(1500, mostPercent({ low: 900 })), "more than +1000");
  strictEqual(signedPercent(1500, mostPercent({ low: null })), "more than +1000");
});

Deno.test("formats choose the unit that suits the size", () => {
  strictEqual(formatMs(3.2), "3.20 ms");
  strictEqual(formatMs(1020), "1,020 ms");
  strictEqual(formatMs(12_300), "12.3 s");
  strictEqual(formatMs(660_000), "11.0 min");
  strictEqual(formatMj(820), "820 mJ");
  strictEqual(formatMj(14_100), "14.1 J");
  strictEqual(formatMw(905), "905 mW");
  strictEqual(formatMw(7420), "7.42 W");
});

Deno.test("formats never turn what was not measured into a number", () => {
  strictEqual(formatMs(null), "not measured");
  strictEqual(formatMj(null), "not measured");
  strictEqual(formatMw(null), "not measured");
  strictEqual(formatInterval({ mj: null, lowMj: null, highMj: null }), "not measured");
});

Deno.test("formatInterval() gives the ends in the unit of the value", () => {
  strictEqual(formatInterval({ mj: 24, lowMj: 22, highMj: 26 }), "24.0 mJ (22.0 to 26.0)");
  strictEqual(formatInterval({ mj: 24, lowMj: 22, highMj: 26 }, 2), "12.0 mJ (11.0 to 13.0)");
  strictEqual(formatInterval({ mj: 24_000, lowMj: 9000, highMj: 26_000 }), "24.0 J (9.00 to 26.0)");
  strictEqual(formatInterval({ mj: 24, lowMj: null, highMj: null }), "24.0 mJ");
});

Deno.test("phaseName() is what people say", () => {
  strictEqual(phaseName("warm_up"), "warm-up");
  strictEqual(phaseName("model_load"), "model load");
});
