import { createHash } from "node:crypto";

/**
 * What names an experiment: all that its runs depend on. How many processes there are, and what is
 * made of the runs, does not belong to it, so that an experiment can be made longer, or asked
 * something else.
 */
export function experimentId(
  { plan, ...circumstances }: { plan: object } & Record<string, unknown>,
): string {
  const made = Object.entries(plan).filter(([key]) => !AFTERWARDS.includes(key));
  return createHash("sha256")
    .update(canonical({ made: Object.fromEntries(made), ...circumstances }))
    .digest("hex").slice(0, 16);
}

const AFTERWARDS = ["question", "processes", "metric", "expect"];

/** JSON, with keys in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
  );
}
