/** Token ids of tinytales' own tales, as many as are asked for: text that it would write itself. */
import golden from "../models/tinytales/golden.json" with { type: "json" };

const TALES = golden.flatMap(({ input_ids, generated_ids }) => [...input_ids, ...generated_ids]);

/** The first ids of the tale, which begins again where it ends. */
export function taleOf(length: number, from = 0): number[] {
  return Array.from({ length }, (_, at) => TALES[(from + at) % TALES.length]!);
}
