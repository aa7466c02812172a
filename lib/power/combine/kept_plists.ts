/** The records of powermetrics, as they came, in the raw lines of a combination that it is part of. */
export function keptPlists(lines: string): string {
  return lines.split("\n").flatMap((line) => plistsIn(line)).join("");
}

/** Those of one line. Where powermetrics came first, the last is the one of the line's own record. */
export function plistsIn(line: string): string[] {
  if (!line.includes("<plist")) return [];
  try {
    const { powermetrics } = JSON.parse(line).raw ?? {};
    return Array.isArray(powermetrics) ? powermetrics.filter((one) => typeof one === "string") : [];
  } catch {
    // A damaged line is reported by whoever reads the records again.
    return [];
  }
}
