import type { RunRecord } from "../analysis/mod.ts";
import type { ProfileDatabase, RunListing } from "../store/mod.ts";
import { keyOf } from "./order.ts";
import type { ExperimentPlan } from "./plan.ts";

/** Rounds that took longer than this were not measured in one go. */
const ONE_GO_MS = 3_600_000;

/** What is kept in a run's options about its place in an experiment. */
interface Memo {
  experiment: string;
  arm: string;
  round: number;
  prompt: number;
}

/** The processes of this very experiment that are whole in a database, by cell. */
export function cellsIn(
  database: ProfileDatabase,
  plan: ExperimentPlan,
  id: string,
): { cells: Map<string, RunRecord[]>; notes: string[] } {
  const runs = database.getRuns({ experiment: plan.name, status: "complete", limit: -1 })
    .flatMap((run) => {
      const memo = memoOf(run);
      return memo?.experiment === id ? [{ run, memo, key: keyOf(memo) }] : [];
    });
  const cells = new Map<string, RunRecord[]>();
  const startsMs: number[][] = [];
  for (const [key, own] of Map.groupBy(runs, (one) => one.key)) {
    const arm = plan.arms.find(({ name }) => name === own[0]?.memo.arm);
    // A process that was stopped half way is not a whole one, though some of its runs are.
    for (const all of Map.groupBy(own, ({ run }) => processOf(run)).values()) {
      const byPrompt = new Map(all.map((one) => [one.memo.prompt, one.run]));
      if (!arm || byPrompt.size < arm.prompts.length) continue;
      const whole = arm.prompts.map((_, at) => database.getRun(byPrompt.get(at)?.runId ?? ""));
      if (whole.some((run) => run === null)) continue;
      cells.set(key, whole.filter((run) => run !== null));
      (startsMs[all[0]!.memo.round] ??= []).push(...all.map(({ run }) => run.startedAtMs));
      break;
    }
  }
  const apart = startsMs.filter((times) => Math.max(...times) - Math.min(...times) > ONE_GO_MS);
  const notes = cells.size === 0 ? [] : [
    `${cells.size} ${cells.size === 1 ? "process is" : "processes are"} of an earlier session`,
  ];
  if (apart.length > 0) notes.push(`${apart.length} rounds were not measured in one go`);
  return { cells, notes };
}

function processOf({ host: { pid, processStartedAtMs } }: RunListing): string {
  return `${pid} ${processStartedAtMs}`;
}

function memoOf({ options }: RunListing): Memo | null {
  const memo = options.memo as Partial<Memo> | undefined;
  return typeof memo?.arm === "string" && Number.isInteger(memo.round) ? memo as Memo : null;
}
