/**
 * The tensors at the borders of cut components, taken while the whole graph computes an answer.
 *
 * @module
 */
import { openSession, type SessionOptions, type TappedTensor } from "../../inference/mod.ts";
import type { CutModel } from "../../model/cut/mod.ts";
import { outstanding, passesOf, type Point } from "./points.ts";
import type { Captured } from "./tensors.ts";

/** As `generate()` cuts a long prompt. */
const PREFILL_CHUNK = 512;

/** What was captured in one pass, by the name that the executed graph gives each tensor. */
export interface Capture {
  point: Point;
  tensors: ReadonlyMap<string, Captured>;
}

/** The passes of an answer, and what was captured in those that stand for all. */
export interface Captures {
  passes: Point[];
  captures: Capture[];
}

/** Runs the answer's tokens up to each point, and captures the pass there. */
export async function capture(
  { model, shown, components }: CutModel,
  answer: { ids: readonly number[]; promptLength: number },
  options: SessionOptions,
  stopped: () => boolean,
): Promise<Captures> {
  const types = new Map(
    components.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])
      .map(({ name, dataType }) => [name, dataType]),
  );
  let taken: ReadonlyMap<string, TappedTensor> = new Map();
  await using session = await openSession(model, options, {
    modelBytes: shown.bytes,
    taps: [...shown.output.values()],
    optimization: "disabled", // it is optimised already, and its tensors must stay as they are
    onTaps: (tensors) => taken = tensors,
  });
  const { ids, promptLength } = answer;
  const chunk = await session.passLength(promptLength, PREFILL_CHUNK);
  const passes = passesOf(answer, chunk);
  const captures: Capture[] = [];
  session.reset(ids.length);
  for (const point of outstanding(passes)) {
    for (let at = session.pastLength; at < point.past; at = session.pastLength) {
      if (stopped()) return { passes, captures };
      await session.extend(ids.slice(at, Math.min(at + chunk, point.past)));
    }
    if (stopped()) return { passes, captures };
    await session.extend(ids.slice(point.past, point.past + point.tokens));
    const tensors = Array.from(shown.output, ([name, output]): [string, Captured] => [
      name,
      { ...taken.get(output)!, dataType: types.get(name) ?? 0 },
    ]);
    captures.push({ point, tensors: new Map(tensors) });
  }
  return { passes, captures };
}
