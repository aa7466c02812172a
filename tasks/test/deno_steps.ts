import { existsSync } from "node:fs";
import { join } from "node:path";
import { runDeno } from "./command.ts";
import { type Gate, oneTest, type Outcome, readSkips, type Step, together } from "./step.ts";

/** A step that is one `deno` command: it passes when the command does. */
export function commandStep(name: string, args: readonly string[]): Step {
  return {
    name,
    async run(gate: Gate): Promise<Outcome> {
      const { code, text } = await gate.lanes(() => runDeno(args, { cwd: gate.root, show: false }));
      console.log(text);
      return oneTest(code === 0);
    },
  };
}

/** The examples in doc comments, and the fences of README and docs, each run as a test. */
export const examples: Step = {
  name: "examples",
  run(gate: Gate): Promise<Outcome> {
    const places = ["mod.ts", "lib", "README.md", "docs"];
    const present = places.filter((place) => existsSync(join(gate.root, place)));
    return testInLane(gate, "examples", ["--doc", ...present]);
  },
};

/** Few enough that starting costs little, and enough that lanes end at about the same time. */
const PARTS = 16;

/**
 * The tests, in processes beside each other that each run one file at a time: tests change the
 * environment, which the threads of a process have in common.
 */
export const tests: Step = {
  name: "tests",
  async run(gate: Gate): Promise<Outcome> {
    if (gate.rooms.length > 0) return (await denoTest(gate, gate.rooms, { show: true })).outcome;
    // The last begin first: they hold the tests of tasks, which take longest.
    const parts = Array.from({ length: PARTS }, (_, index) => PARTS - index);
    const outcomes = parts.map((part) =>
      // The step "types" has checked them.
      testInLane(gate, `tests, part ${part} of ${PARTS}`, [
        "--no-check",
        `--shard=${part}/${PARTS}`,
        "tests",
      ])
    );
    return together(await Promise.all(outcomes));
  },
};

const LIMIT_MS = 20 * 60_000;

/** Runs in a lane; what it says is shown when it has ended, or lines would mix. */
function testInLane(gate: Gate, title: string, args: readonly string[]): Promise<Outcome> {
  return gate.lanes(async () => {
    const startMs = performance.now();
    const { outcome, text } = await denoTest(gate, args, { show: false });
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`\n== ${title}, ${seconds} s\n${text}`);
    return outcome;
  });
}

// Without --quiet: it would swallow what tests print, and with it the reasons of skipped tests.
async function denoTest(gate: Gate, args: readonly string[], { show }: { show: boolean }) {
  const { code, text } = await runDeno(["test", "--allow-all", ...args], {
    cwd: gate.root,
    show,
    // A test that hangs shall be named, and not be the end of what the gate says.
    ...gate.long ? {} : { limitMs: LIMIT_MS },
  });
  return { outcome: countTests(text, code), text };
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
