import { InputError } from "../../errors.ts";
import { type Rail, RAILS, type SourceInfo, type SourceKind } from "../../record.ts";
import { railsLabel } from "../rails_label.ts";

/** Which rails are taken from one of the sources. */
export interface Share {
  /** All of them. */
  rails: Rail[];
  /** Those of them that are in the total: without them there is no run. */
  totalRails: Rail[];
}

/** What several sources are together, and who gives what. */
export interface Combination {
  info: SourceInfo;
  /** One for each source. */
  shares: Share[];
}

/** From the least to the most real: the whole is what its weakest part is. */
const KINDS: SourceKind[] = ["simulated", "estimated", "measured"];

/**
 * Shares the rails out. A rail that two sources have comes from the one that has it in its total,
 * and from the first of those; so the GPU of rapl + nvidia is NVIDIA's, while the one inside the
 * processor is in `package`. The total is what the sources' totals are together, unless stated.
 *
 * @throws {InputError} for a total of rails that no source has, and for sources that add nothing
 */
export function combineInfo(
  infos: readonly SourceInfo[],
  totalRails?: readonly Rail[],
): Combination {
  const name = infos.map((info) => info.name).join("+");
  const giver = new Map<Rail, number>();
  for (const rail of RAILS) {
    const counting = infos.findIndex((info) => info.totalRails.includes(rail));
    const having = counting >= 0 ? counting : infos.findIndex(({ rails }) => rails.includes(rail));
    if (having >= 0) giver.set(rail, having);
  }
  const isCounted = (rail: Rail) => infos[giver.get(rail) ?? -1]?.totalRails.includes(rail);
  const inTotal = totalRails ?? RAILS.filter(isCounted);
  const unknown = inTotal.find((rail) => !giver.has(rail));
  if (inTotal.length === 0 || unknown !== undefined) {
    throw new InputError(`Cannot take ${unknown ?? "no rail"} as the total of ${name}`, {
      remedy: `choose among ${[...giver.keys()].join(", ")}`,
    });
  }
  const twice = countedTwice(inTotal, giver);
  if (twice !== null) {
    throw new InputError(`Cannot add ${inTotal.join(" and ")} of ${name}: ${twice} twice`, {
      remedy: "leave out one source, or state totalRails",
    });
  }
  const shares = infos.map((_, index) => {
    const rails = RAILS.filter((rail) => giver.get(rail) === index);
    return { rails, totalRails: rails.filter((rail) => inTotal.includes(rail)) };
  });
  const idle = shares.findIndex(({ rails }) => rails.length === 0);
  if (idle >= 0) {
    throw new InputError(`Cannot combine ${name}: ${infos[idle]!.name} adds no rail of its own`, {
      remedy: "leave it out",
    });
  }
  const errors = infos.flatMap(({ statedError }) => statedError ?? []);
  return {
    shares,
    info: {
      name,
      kind: KINDS.find((kind) => infos.some((info) => info.kind === kind)) ?? "measured",
      rails: RAILS.filter((rail) => giver.has(rail)),
      totalRails: [...inTotal],
      label: labelOf(infos, shares),
      statedError: errors.length === 0 ? null : Math.max(...errors),
    },
  };
}

/** Says which rail a total counts twice, as itself and in a wider one; `null` where none. */
function countedTwice(total: readonly Rail[], giver: ReadonlyMap<Rail, number>): string | null {
  if (total.includes("system") && total.length > 1) {
    return "system holds the others, which counts them";
  }
  if (!total.includes("package")) return null;
  // A package has the graphics of its own in it, and never a card's.
  const isInside = (rail: Rail) =>
    rail === "cpu" || rail === "ane" ||
    (rail === "gpu" && giver.get("gpu") === giver.get("package"));
  const inside = total.find(isInside);
  return inside === undefined ? null : `package holds ${inside}, which counts it`;
}

/** "CPU+GPU+ANE (powermetrics), beside it DRAM+system (macmon)". */
function labelOf(infos: readonly SourceInfo[], shares: readonly Share[]): string {
  const named = (rails: (share: Share) => Rail[]) =>
    shares.flatMap((share, i) =>
      rails(share).length === 0 ? [] : [`${railsLabel(rails(share))} (${infos[i]!.name})`]
    );
  const total = named((share) => share.totalRails).join(" + ");
  const beside = shares.some(({ totalRails }) => totalRails.length === 0)
    ? named((share) => share.totalRails.length === 0 ? share.rails : [])
    : [];
  return beside.length === 0 ? total : `${total}, beside it ${beside.join(" and ")}`;
}
