import { existsSync } from "node:fs";
import { join } from "node:path";
import { runDeno } from "./command.ts";
import { type Gate, oneTest, type Outcome, readSkips, type Step, together } from "./step.ts";

/** A step that is one `deno` command: it passes when the command does. */
export function commandStep(name: string, args: readonly string[]): Step {
  return {
    name,
    async run(gate: Gate): Promise<Outcome> {
      return oneTest((await runDeno(args, { cwd: gate.root })).code === 0);
    },
  };
}

/** The examples in doc comments, and the fences of README and docs, each run as a test. */
export const examples: Step = {
  name: "examples",
  async run(gate: Gate): Promise<Outcome> {
    const places = ["mod.ts", "lib", "README.md", "docs"];
    const present = places.filter((place) => existsSync(join(gate.root, place)));
    return await denoTest(gate, ["--doc", ...present]);
  },
};

/** Rooms whose tests only compute, and change nothing that a process has once: its environment. */
const SIDE_BY_SIDE = ["analysis", "charts", "energy", "store"];

/** Rooms whose tests measure little themselves; they run in a process beside all that are left. */
const BESIDE = ["docs", "experiment", "fleet", "gate", "inference", "model", "report", "tasks"];

/** The tests of rooms that only compute, on all processors at once. */
export const computingTests: Step = {
  name: "computing tests",
  run(gate: Gate): Promise<Outcome> {
    return denoTest(gate, ["--parallel", ...pathsOf(SIDE_BY_SIDE)]);
  },
};

/** All other tests, in two processes that each run one file at a time. Or the rooms asked for. */
export const tests: Step = {
  name: "tests",
  async run(gate: Gate): Promise<Outcome> {
    if (gate.rooms.length > 0) return denoTest(gate, gate.rooms);
    const elsewhere = pathsOf([...SIDE_BY_SIDE, ...BESIDE]).join(",");
    return together(
      await Promise.all([
        denoTest(gate, [`--ignore=${elsewhere}`, "tests"]),
        // Shown when it has ended, or the lines of the two would mix.
        denoTest(gate, pathsOf(BESIDE), { show: false }),
      ]),
    );
  },
};

const pathsOf = (rooms: readonly string[]) => rooms.map((room) => join("tests", room));

// Without --quiet: it would swallow what tests print, and with it the reasons of skipped tests.
async function denoTest(
  gate: Gate,
  args: readonly string[],
  { show = true }: { show?: boolean } = {},
): Promise<Outcome> {
  const { code, text } = await runDeno(["test", "--allow-all", ...args], { cwd: gate.root, show });
  if (!show) console.log(text);
  return countTests(text, code);
}

/**
 * Counts the tests of a `deno test` run from its last summary line. A run without one (a module
 * that does not compile), a failure that no test owns, and a test ignored without a reason each
 * count as a failure.
 */
export function countTests(text: string, code: number): Outcome {
  const summary = [
    ...text.matchAll(
      /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/gm,
    ),
  ].at(-1);
  const skips = readSkips(text);
  if (summary === undefined) return { ...oneTest(false), skips };
  const [passed = 0, failed = 0, ignored = 0] = summary.slice(1).map((count) => Number(count ?? 0));
  const silent = Math.max(0, ignored - skips.length);
  const unowned = code !== 0 && failed === 0 ? 1 : 0;
  return { passed, failed: failed + silent + unowned, skips };
}
