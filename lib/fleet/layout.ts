/** Where in a fleet's folder a run lies. */
export interface FleetPlace {
  /** Name of the machine; `unknown` where the run does not know it. */
  host: string;
  /** Day on which it started, in UTC: `2026-11-23`. */
  date: string;
  /** Its id. */
  runId: string;
}

/**
 * The folder of a run, from the fleet's: `host=mini/date=2026-11-23/run=…`, as Hive partitions are
 * named, which DuckDB, Spark, Polars and pandas read as columns.
 */
export function fleetPath({ host, date, runId }: FleetPlace): string {
  return [["host", host], ["date", date], ["run", runId]]
    .map(([key, value]) => `${key}=${encoded(value!)}`).join("/");
}

/** The place that a path as of `fleetPath()` names; `null` for any other path. */
export function placeOf(path: string): FleetPlace | null {
  const [, host, date, runId] = path.match(
    /^host=([^/]+)\/date=(\d{4}-\d{2}-\d{2})\/run=([^/]+)$/,
  ) ?? [];
  if (host === undefined || date === undefined || runId === undefined) return null;
  try {
    return { host: decodeURIComponent(host), date, runId: decodeURIComponent(runId) };
  } catch {
    return null;
  }
}

/** Percent-encoded as Hive does; what encodeURIComponent leaves is a pattern to those who read. */
function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
