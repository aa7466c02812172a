import { cutComponents } from "../../../lib/model/cut/mod.ts";
import type { Model } from "../../../lib/model/mod.ts";
import { capture } from "../../../lib/profile/amplify/capture.ts";
import { type OpenCell, type OpenCells, openCells } from "../../../lib/profile/amplify/cells.ts";
import { executedGraph } from "../../../lib/profile/amplify/executed_file.ts";

/** Ids that every vocabulary has: a prompt of five, and an answer of six. */
export const IDS = [5, 17, 3, 20, 8, 9, 11, 4, 7, 6, 2];
export const PROMPT = 5;

/** Cuts components out of a model and opens their loops. */
export async function cutOpen(
  model: Model,
  wanted: readonly string[] | "all" = "all",
): Promise<OpenCells> {
  const options = { threads: 1 };
  using executed = await executedGraph(model, options);
  const cut = cutComponents(model, executed.path, wanted);
  const answer = { ids: IDS, promptLength: PROMPT };
  const { passes, captures } = await capture(cut, answer, options, () => false);
  const open = await openCells(cut, passes, captures, options, () => false);
  return { ...open, refused: [...cut.refused, ...open.refused] };
}

/** Names of the cells' components, once each. */
export function componentsOf(cells: readonly OpenCell[]): string[] {
  return [...new Set(cells.map(({ facts }) => facts.component))].toSorted();
}
