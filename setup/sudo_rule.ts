/** What sudo lets this user run as root without a password, as far as powermetrics goes. */
export type SudoRule =
  /** Every command line that Tokenwatt uses, and no other. */
  | "exact"
  /** Some of them: an older version's rule. */
  | "partial"
  /** powermetrics with other arguments too, so that -o writes any file as root. */
  | "unrestricted"
  /** Every command there is: sudo asks this user for no password at all. */
  | "everything"
  | "none";

const PROGRAM = "/usr/bin/powermetrics";

/**
 * Reads what `sudo -n -ll` prints: entries of "RunAsUsers:", "Options:" and, line by line, "Commands:".
 * `needed` are the command lines of the monitor.
 */
export function readSudoRule(listing: string, needed: readonly string[][]): SudoRule {
  const allowed = passwordless(listing);
  if (allowed.includes("ALL")) return "everything";
  const ours = new Set(needed.map((words) => words.join(" ")));
  const found = allowed.filter((line) => line.split(" ")[0] === PROGRAM);
  if (found.some((line) => !ours.has(line))) return "unrestricted";
  if (found.length === 0) return "none";
  return [...ours].every((line) => found.includes(line)) ? "exact" : "partial";
}

/** The commands that need no password as root, without the backslashes of sudoers(5). */
function passwordless(listing: string): string[] {
  return listing.split(/^Sudoers entry:.*$/m).slice(1).flatMap((entry) => {
    const [head = "", commands = ""] = entry.split(/^ *Commands:\n/m);
    const asRoot = /^ *RunAsUsers:.*\b(root|ALL)\b/m.test(head);
    const asksNothing = /^ *Options:.*!authenticate\b/m.test(head);
    if (!asRoot || !asksNothing) return [];
    return commands.split("\n").map((line) => line.trim().replaceAll(/\\(.)/g, "$1"))
      .filter((line) => line !== "");
  });
}
