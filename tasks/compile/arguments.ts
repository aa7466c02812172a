import tool from "../../deno.json" with { type: "json" };
import { COMMANDS } from "../commands.ts";
import { otherPlatforms } from "./other_platforms.ts";

/** Modules that are named as workers only, which `deno compile` does not find by itself. */
export const WORKERS = [
  "lib/power/monitor_worker.ts",
  "lib/power/pulse_worker.ts",
  "lib/profile/model_worker.ts",
] as const;

/** What the commands read of the checkout. */
const DATA = ["models/tinytales", "setup"] as const;

/**
 * The arguments of `deno` that make the program at `out`, from the root of the checkout. It unpacks
 * itself, since ONNX Runtime reads its own library and the model's files past Deno.
 */
export function compileArguments(out: string): string[] {
  return [
    "compile",
    "-q",
    "--no-check",
    "--no-prompt",
    "--self-extracting",
    ...permissionsOf(Object.keys(COMMANDS)),
    ...[...WORKERS, ...DATA].flatMap((path) => ["--include", path]),
    ...otherPlatforms().flatMap((path) => ["--exclude", path]),
    "--output",
    out,
    "tasks/main.ts",
  ];
}

/** Permissions of several tasks together, each kind once. */
export function permissionsOf(names: readonly string[]): string[] {
  const allowed = new Map<string, Set<string> | null>();
  const flags = names.flatMap((name) => tool.tasks[name as keyof typeof tool.tasks].split(" "))
    .filter((flag) => flag.startsWith("--allow-"));
  for (const flag of flags) {
    const [kind = flag, list] = flag.split("=");
    const sofar = allowed.get(kind);
    if (list === undefined || sofar === null) allowed.set(kind, null);
    else allowed.set(kind, new Set([...sofar ?? [], ...list.split(",")]));
  }
  return [...allowed].toSorted().map(([kind, list]) =>
    list === null ? kind : `${kind}=${[...list].toSorted().join(",")}`
  );
}
