import type { PulledModel } from "../../lib/model/hub/mod.ts";
import { threeDigits } from "../../lib/quantities.ts";

/** Bytes in the unit that suits them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  if (bytes < 1e6) return `${threeDigits(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${threeDigits(bytes / 1e6)} MB` : `${threeDigits(bytes / 1e9)} GB`;
}

/** What a pull has brought, and what to do next. */
export function resultLines(
  model: PulledModel,
  asked: { isUsualCache: boolean; precision: string | undefined },
): string[] {
  const { id, revision, commit, files, fetchedBytes, others, path } = model;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const at = revision === commit ? commit.slice(0, 12) : `${revision} (${commit.slice(0, 12)})`;
  const fetched = fetchedBytes === 0 ? "all there already" : `${formatBytes(fetchedBytes)} fetched`;
  const lines = [`${id} at ${at}: ${files.length} files, ${formatBytes(bytes)}, ${fetched}`];
  if (others.length > 0) {
    const shown = others.slice(0, 8).map((file) => `${file.path} (${formatBytes(file.bytes)})`);
    const more = others.length > 8 ? ` and ${others.length - 8} more` : "";
    lines.push(`also on the hub: ${shown.join(", ")}${more}`);
  }
  // By its id a model is found in the usual cache, at main, with its graph at the usual place.
  const isUsual = asked.isUsualCache && revision === "main" && path.endsWith(commit);
  const precision = asked.precision === undefined ? "" : ` --precision ${asked.precision}`;
  lines.push(`next: deno task profile --model ${isUsual ? id : quoted(path)}${precision}`);
  return lines;
}

function quoted(path: string): string {
  return /^[\w./:\\+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
