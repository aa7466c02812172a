import type { Rail } from "../record.ts";

/** Rails as people read them: "CPU+GPU+ANE", "package+DRAM". */
export function railsLabel(rails: readonly Rail[]): string {
  return rails.map((rail) => rail === "package" || rail === "system" ? rail : rail.toUpperCase())
    .join("+");
}
