import type { Finding, RunInside } from "../../record.ts";

/** Work without a name may be this part of the time in operations (issue: never above 5 %). */
const UNNAMED = 0.05;

/** What the twins found about their own answers. */
export function insideFindings(inside: RunInside | null): Finding[] {
  if (inside === null) return [];
  return [...partitioned(inside), ...unnamed(inside), ...unsure(inside)];
}

function partitioned({ parts }: RunInside): Finding[] {
  const share = parts.filter(({ phase, component }) =>
    phase === "decode" && component === "partition"
  ).reduce((sum, part) => sum + part.share, 0);
  if (share === 0) return [];
  return [{
    kind: "no-layers",
    severity: "warning",
    value: 100 * share,
    unit: "%",
    message: `the execution provider ran ${(100 * share).toFixed(0)} % of the decode time as ` +
      "partitions, inside of which no layer can be timed",
    remedy: "use the provider cpu for layers and components",
  }];
}

function unnamed({ twins }: RunInside): Finding[] {
  const least = twins.reduce((least, { coverage }) => Math.min(least, coverage), 1);
  if (1 - least <= UNNAMED) return [];
  const percent = 100 * (1 - least);
  return [{
    kind: "unnamed-work",
    severity: "warning",
    value: percent,
    unit: "%",
    message: `${percent.toFixed(0)} % of the time in operations belongs to no known component`,
    remedy: "export the model with the names of its modules",
  }];
}

/** Only the order that the correction itself has turned: that tokens differ is in the table. */
function unsure({ unsureRanks }: RunInside): Finding[] {
  return unsureRanks.filter(({ reason }) => reason === "floor").map((rank): Finding => ({
    kind: "unsure-rank",
    severity: "info",
    value: 100 * rank.difference,
    unit: "%",
    message: `in ${rank.phase}, ${rank.first} takes ${(100 * rank.difference).toFixed(0)} % more ` +
      `than ${rank.second} only after what timing costs was taken off`,
    remedy: "do not rank the two",
  }));
}
