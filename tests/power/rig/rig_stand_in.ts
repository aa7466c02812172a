import { fileURLToPath } from "node:url";
import type { Phase } from "../../../lib/record.ts";
import type { RigOptions, StandInOrder, StandInTruth } from "../../../lib/power/rig/mod.ts";

/** What a test has of the stand-in that runs. */
export interface RigProcess {
  /** Says what the machine does from now on, or from a time on. */
  enter(phase: Phase, atMs: number): void;
  /** What was true of each record so far. */
  truth(): StandInTruth[];
}

/** Runs `body` with the rig, as a process of its own, where Tokenwatt would start powermetrics. */
export async function withRig(
  options: RigOptions,
  body: (rig: RigProcess) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tokenwatt-rig-" });
  const order: StandInOrder = {
    ...options,
    phasesPath: `${folder}/phases.jsonl`,
    truthPath: `${folder}/truth.jsonl`,
  };
  await Deno.writeTextFile(order.phasesPath!, "");
  await Deno.writeTextFile(order.truthPath!, "");
  const script = fileURLToPath(new URL("../../../lib/power/rig/stand_in.ts", import.meta.url));
  await Deno.writeTextFile(`${folder}/sudo`, SUDO(Deno.execPath(), script), { mode: 0o755 });
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", `${folder}:${path}`);
  Deno.env.set("TOKENWATT_RIG", JSON.stringify(order));
  try {
    await body({
      enter: (phase, atMs) =>
        Deno.writeTextFileSync(order.phasesPath!, JSON.stringify({ phase, atMs }) + "\n", {
          append: true,
        }),
      truth: () =>
        Deno.readTextFileSync(order.truthPath!).split("\n").slice(0, -1)
          .map((line) => JSON.parse(line) as StandInTruth),
    });
  } finally {
    Deno.env.set("PATH", path);
    Deno.env.delete("TOKENWATT_RIG");
    await Deno.remove(folder, { recursive: true });
  }
}

const SUDO = (deno: string, script: string) =>
  `#!/bin/sh
[ "$1" = -n ] || { echo "usage: sudo -n command" >&2; exit 9; }
shift
if [ "$1" = -l ]; then shift; echo "$*"; exit 0; fi
shift
exec "${deno}" run --quiet --no-config --no-lock --allow-env --allow-read --allow-write \\
  "${script}" "$@"
`;
