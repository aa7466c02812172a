/**
 * Which measures there are, by name.
 *
 * @module
 */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { DURATION_MEASURES } from "./duration_measures.ts";
import { MEASURES } from "./measures.ts";
import { WORK_MEASURES } from "./work_measures.ts";

/** A measure in the list. */
export interface Listed {
  name: string;
  kind: "decoding" | "work" | "duration";
  /** What it measures. */
  title: string;
  /** What it is given. */
  given: string;
}

/** All measures, in the order of the tables. */
export const ALL: readonly Listed[] = [
  ...MEASURES.map(({ name, title, onlyModel }): Listed => ({
    name,
    kind: "decoding",
    title,
    given: onlyModel ?? "both models",
  })),
  ...WORK_MEASURES.map(({ name, title, given }): Listed => ({ name, kind: "work", title, given })),
  ...DURATION_MEASURES.map(({ name, title, given }): Listed => ({
    name,
    kind: "duration",
    title: title.replaceAll("`", ""),
    given,
  })),
];

/** Their names. */
export const NAMES: readonly string[] = ALL.map(({ name }) => name);

/** A parser for commander that takes names with commas between them, again and again. */
export function namesOf(typed: string, before: string[] | undefined): string[] {
  const names = typed.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const strange = names.find((name) => !NAMES.includes(name));
  if (names.length > 0 && strange === undefined) return [...before ?? [], ...names];
  throw new InvalidArgumentError(
    strange === undefined ? "It names no measure." : `There is no measure ${strange}.`,
  );
}
