import { InputError } from "../../errors.ts";
import { useOneOf } from "../../nearest.ts";
import { allGraphs } from "../architecture.ts";
import type { Model } from "../load.ts";
import { readOnnx } from "../onnx_reader.ts";

/**
 * Refuses names of components that a model has not, before it is measured.
 *
 * @throws {InputError} naming those that it has
 */
export function checkComponents(
  { architecture, onnxPath }: Model,
  wanted: readonly string[] | "all",
): void {
  if (wanted === "all") return;
  const known = new Set(
    allGraphs(readOnnx(onnxPath).graph).flatMap(({ nodes }) =>
      nodes.flatMap(({ name }) => architecture.componentOf(name)?.component ?? [])
    ),
  );
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new InputError(`Cannot amplify ${unknown.map((name) => `"${name}"`).join(", ")}`, {
    remedy: `${useOneOf(unknown[0]!, [...known].toSorted())}, or all`,
  });
}
