/**
 * Loops that are ready to run: graphs loaded, fed, and checked against the whole model.
 *
 * @module
 */
import type { SessionOptions } from "../../inference/mod.ts";
import {
  type ComponentCut,
  type CutModel,
  type CutTensor,
  emptyModel,
} from "../../model/cut/mod.ts";
import type { Capture } from "./capture.ts";
import type { GraphLoop } from "./graph_loop.ts";
import type { LoopCell } from "./loops.ts";
import { type Point, weightsOf } from "./points.ts";
import { bytesOf, type Captured, differenceOf } from "./tensors.ts";

/** A cell with the graphs that it runs. */
export interface OpenCell {
  facts: LoopCell;
  /** Runs so many ms of one kind of round. */
  run(
    kind: "work" | "empty",
    durationMs: number,
    stopped: () => boolean,
  ): ReturnType<GraphLoop["run"]>;
}

/** All cells of a model. */
export interface OpenCells extends AsyncDisposable {
  cells: OpenCell[];
  refused: { component: string; reason: string }[];
}

/** Opens the loops of every component. */
export async function openCells(
  cut: CutModel,
  passes: readonly Point[],
  captures: readonly Capture[],
  options: SessionOptions,
  stopped: () => boolean,
): Promise<OpenCells> {
  const open = new AsyncDisposableStack();
  const cells: OpenCell[] = [];
  const refused: OpenCells["refused"] = [];
  try {
    for (const component of cut.components) {
      if (stopped()) break;
      try {
        cells.push(...await cellsOf(component, cut.folder, passes, captures, options, open));
      } catch (error) {
        const reason = error instanceof Error ? error.message.split("\n")[0]! : String(error);
        refused.push({ component: component.component, reason });
      }
    }
    return { cells, refused, [Symbol.asyncDispose]: () => open.disposeAsync() };
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }
}

async function cellsOf(
  cut: ComponentCut,
  folder: string,
  passes: readonly Point[],
  captures: readonly Capture[],
  options: SessionOptions,
  open: AsyncDisposableStack,
): Promise<OpenCell[]> {
  const { GraphLoop } = await import("./graph_loop.ts");
  const work = open.use(await GraphLoop.open(cut.bytes, folder, options));
  const chosen = telling(cut, captures);
  const weights = weightsOf(chosen.map(({ point }) => point), passes);
  const cells: OpenCell[] = [];
  for (const [at, { point, tensors }] of chosen.entries()) {
    const take = (wanted: readonly CutTensor[]) =>
      new Map(wanted.map(({ name }): [string, Captured] => [name, tensors.get(name)!]));
    const inputs = take(cut.inputs);
    const feeds = GraphLoop.feeds(inputs);
    if (feeds === null) throw new Error("an input has an element type that cannot be fed");
    const outputs = await work.outputs(feeds, cut.outputs.map(({ name }) => name));
    const differences = Array.from(
      take(cut.outputs),
      ([name, expected]) => differenceOf(expected.data, outputs.get(name)!),
    );
    const smallest = cut.outputs.toSorted((a, b) =>
      tensors.get(a.name)!.data.length - tensors.get(b.name)!.data.length
    )[0]!;
    const { dims } = tensors.get(smallest.name)!;
    const empty = open.use(
      await GraphLoop.open(emptyModel(cut.inputs, { ...smallest, dims }), folder, options),
    );
    cells.push({
      facts: {
        component: cut.component,
        phase: point.phase,
        past: point.past,
        weight: weights[at]!,
        roundBytes: cut.weightBytes +
          [...inputs.values()].reduce((sum, tensor) => sum + bytesOf(tensor), 0),
        difference: Math.max(...differences),
      },
      run: (kind, durationMs, stopped) =>
        (kind === "work" ? work : empty).run(feeds, smallest.name, durationMs, stopped),
    });
  }
  return cells;
}

/** Where a component takes as much in at every point, one in the middle tells of all. */
function telling(cut: ComponentCut, captures: readonly Capture[]): Capture[] {
  return (["prefill", "decode"] as const).flatMap((phase) => {
    const mine = captures.filter(({ point }) => point.phase === phase);
    const sizes = mine.map(({ tensors }) =>
      cut.inputs.map(({ name }) => tensors.get(name)!.data.length).join()
    );
    const isEven = new Set(sizes).size === 1;
    return isEven ? mine.slice(Math.floor((mine.length - 1) / 2)).slice(0, 1) : mine;
  });
}
