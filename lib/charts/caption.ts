/**
 * Sentences under a figure.
 *
 * @module
 */
import type { ProfilingRun } from "../record.ts";

/** More than this is not read under a picture. */
const MOST = 3;

/** Messages as sentences, at most three of them, with a word on how many more there are. */
export function sentences(messages: readonly string[]): string[] {
  const all = messages.map((message) => {
    // Names such as "fp32" stay as they are.
    const start = /^[a-z]+\b/.test(message)
      ? message.charAt(0).toUpperCase() + message.slice(1)
      : message;
    return /[.!?]$/.test(start) ? start : `${start}.`;
  });
  const more = all.length - MOST;
  return more > 0
    ? [...all.slice(0, MOST), `And ${more} more finding${more === 1 ? "" : "s"}.`]
    : all;
}

/** What kind of number this is: the first thing that a caption says. */
export function kindNote({ kind }: ProfilingRun["power"]): string[] {
  if (kind === "estimated") {
    return ["An estimate, not a measurement: computed from CPU time by a stated curve."];
  }
  return kind === "simulated" ? ["Simulated power, not a measurement."] : [];
}
