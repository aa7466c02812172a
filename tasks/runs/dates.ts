import { InvalidArgumentError } from "@commander-js/extra-typings";

/** A day or a moment, in epoch ms: `2026-11-23` (midnight UTC), `2026-11-23T14:00:00+01:00`. */
export function parseDate(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError("It must be a date such as 2026-11-23 or 2026-11-23T14:00:00Z.");
}
