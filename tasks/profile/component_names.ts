import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Reads `all`, or names with commas between them. */
export function componentNames(text: string): string[] | "all" {
  if (text.trim() === "all") return "all";
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => /^\w+$/.test(name)) && !names.includes("all")) {
    return [...new Set(names)];
  }
  throw new InvalidArgumentError("Use all, or components such as q_proj,down_proj.");
}
