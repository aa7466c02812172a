import { existsSync } from "node:fs";
import { join } from "node:path";
import { runDeno } from "./command.ts";
import { type Gate, oneTest, type Outcome, readSkips, type Step } from "./step.ts";

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

/** Rooms whose tests neither measure time or power nor start programs: they may run beside others. */
const SIDE_BY_SIDE = ["analysis", "charts", "energy", "model", "store"];

/** The tests of rooms that only compute, on all processors at once. */
export const computingTests: Step = {
  name: "computing tests",
  run(gate: Gate): Promise<Outcome> {
    const rooms = SIDE_BY_SIDE.map((room) => join("tests", room));
    return denoTest(gate, ["--parallel", ...rooms]);
  },
};

/**
 * All other tests, one file at a time: who measures must not be disturbed. Or the rooms that were
 * asked for.
 */
export const tests: Step = {
  name: "tests",
  run(gate: Gate): Promise<Outcome> {
    if (gate.rooms.length > 0) return denoTest(gate, gate.rooms);
    const apart = SIDE_BY_SIDE.map((room) => join("tests", room));
    return denoTest(gate, [`--ignore=${apart.join(",")}`, "tests"]);
  },
};

// Without --quiet: it would swallow what tests print, and with it the reasons of skipped tests.
async function denoTest(gate: Gate, args: readonly string[]): Promise<Outcome> {
  const { code, text } = await runDeno(["test", "--allow-all", ...args], {
    cwd: gate.root,
  });
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
