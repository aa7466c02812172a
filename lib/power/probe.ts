import { InputError } from "../errors.ts";
import type { SourceProbe } from "./source.ts";

/** What a source that works says. */
export const WORKS: SourceProbe = { works: true, reason: null, remedy: null };

/** Takes an error for what it says about a source: why it does not work, and what to do. */
export function failedProbe(error: unknown): SourceProbe {
  if (!(error instanceof InputError)) throw error;
  const reason = error.message.slice(0, -`; ${error.remedy}`.length);
  return { works: false, reason, remedy: error.remedy };
}
