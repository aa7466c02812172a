import { InputError } from "../../errors.ts";

const SET_UP = "run `deno task setup power`, which writes the sudo rule (docs/powermetrics.md)";
const ELSEWHERE = "use --power estimate here, or run on a Mac with Apple Silicon";

/** sudo, or powermetrics under it, as it ended without being asked to. */
export interface Ending {
  code: number;
  /** The last lines on stderr. */
  lastWords: string;
  /** Whole records that came out before. */
  records: number;
}

/** Says that sudo wanted a password: there is no rule, and no ticket for this terminal. */
export function asksForPassword(ending: { lastWords: string }): boolean {
  return /password is required|terminal is required|a password/i.test(ending.lastWords);
}

/** Says that this system does not know one of the samplers. */
export function refusesSampler(ending: { lastWords: string }): boolean {
  return /unrecognized sampler/i.test(ending.lastWords);
}

/** Says what an ending means and what to do about it. */
export function explainEnding({ code, lastWords, records }: Ending): InputError {
  const said = lastWords === "" ? `exit code ${code}` : `exit code ${code}, "${lastWords}"`;
  if (records > 0 && code === 0) {
    return new InputError(`powermetrics ended by itself after ${records} records`, {
      remedy: "start sampling again: its number of records is limited to some two hours",
    });
  }
  if (records > 0) {
    return new InputError(`powermetrics died after ${records} records (${said})`, {
      remedy: "start sampling again; what was recorded so far is kept",
    });
  }
  if (asksForPassword({ lastWords })) {
    return new InputError("Cannot start powermetrics: sudo asks for a password", {
      remedy: SET_UP,
    });
  }
  if (/not allowed to execute|not in the sudoers|may not run/i.test(lastWords)) {
    return new InputError(`Cannot start powermetrics: sudo refuses (${said})`, { remedy: SET_UP });
  }
  if (/command not found|no such file/i.test(lastWords)) {
    return new InputError(`Cannot start powermetrics: it is not on this machine (${said})`, {
      remedy: ELSEWHERE,
    });
  }
  if (refusesSampler({ lastWords })) {
    return new InputError(`Cannot start powermetrics: it refuses a sampler (${said})`, {
      remedy: ELSEWHERE,
    });
  }
  if (/superuser/i.test(lastWords)) {
    return new InputError("Cannot start powermetrics: sudo does not run it as root", {
      remedy: SET_UP,
    });
  }
  return new InputError(`powermetrics ended without a record (${said})`, {
    remedy: "run `deno task doctor`, or use --power estimate",
  });
}

/** Says why `sudo` itself could not be started. */
export function explainSpawnError(error: unknown): InputError {
  if (error instanceof Deno.errors.NotFound) {
    return new InputError("Cannot start powermetrics: there is no sudo on the PATH", {
      remedy: ELSEWHERE,
      cause: error,
    });
  }
  if (error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied) {
    return new InputError("Cannot start powermetrics: no permission to run sudo", {
      remedy: "allow it with --allow-run=sudo",
      cause: error,
    });
  }
  const found = error instanceof Error ? error.message : String(error);
  return new InputError(`Cannot start sudo: ${found}`, { remedy: ELSEWHERE, cause: error });
}
