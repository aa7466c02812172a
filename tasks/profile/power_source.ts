import { PowerMonitor, type PowerSourceSpec, sourceSpec } from "../../lib/power/mod.ts";
import { userPath } from "../frame/mod.ts";

const REPLAY = "replay:";

/** A parser for `--power`. Throws `InputError` for what is no source, or cannot be one as it stands. */
export function powerSource(typed: string): PowerSourceSpec {
  const source = sourceSpec(
    typed.startsWith(REPLAY) ? REPLAY + userPath(typed.slice(REPLAY.length)) : typed,
  );
  // Refuses a missing file or an odd combination now, before a database is opened.
  new PowerMonitor({ source });
  return source;
}
