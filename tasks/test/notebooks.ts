import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { prepareJupyter } from "../../setup/jupyter_venv.ts";
import { installKernel, jupyterEnv } from "../../setup/kernel.ts";
import { runCommand } from "./command.ts";
import { notebookPaths } from "./notebook_paths.ts";
import { type Execution, judgeExecution, judgeRepeat, readExecutions } from "./outputs.ts";
import { judgeFacts } from "./tour_facts.ts";
import {
  type Check,
  counted,
  type Gate,
  oneTest,
  type Outcome,
  skipped,
  type Step,
} from "./step.ts";

/**
 * Executes every notebook with the real Deno kernel and asserts what is in the executed file;
 * and the first one again with the plain client, which stops reading at `idle`: our own showing
 * primitives must be reliable without the patience of ours.
 */
export const notebooks: Step = {
  name: "notebooks",
  async run(gate: Gate): Promise<Outcome> {
    // What an earlier run left must not be mistaken for what this one executed.
    await rm(executedDir(gate.root), { recursive: true, force: true });
    const jupyter = await prepareJupyter(gate.root);
    if ("reason" in jupyter) {
      const reason = `${jupyter.reason}; ${jupyter.remedy}`;
      if (!gate.ci) return skipped("notebooks", reason);
      console.log(`In CI the notebooks must run: ${reason}`);
      return oneTest(false);
    }
    const paths = await notebookPaths(gate.root);
    const [first] = paths;
    if (first === undefined) {
      console.log("notebooks/ holds no notebook");
      return oneTest(false);
    }
    const execute = await prepareKernel(gate.root, jupyter.python);
    const times = gate.long ? 20 : 1;
    const runs = [
      ["--plain", "--times", String(times), first],
      ...paths.map((path) => ["--out", executedDir(gate.root), path]),
    ];
    // They mostly wait, and so leave the processors to what would otherwise come before them.
    const [repeats = [], ...executions] = await Promise.all(
      runs.map((args) => gate.lanes(() => execute(args), true)),
    );
    const checks = [
      ...judge({
        executions: executions.flat(),
        ofNotebooks: paths.length,
        repeats,
        ofTimes: times,
      }),
      ...await judgeFacts(executedDir(gate.root), paths.map((path) => basename(path))),
    ];
    for (const { name, problem } of checks) {
      console.log(`${name} ... ${problem === null ? "ok" : `FAILED\n${problem}`}`);
    }
    return counted(checks);
  },
};

/** Where the executed notebooks are kept for the steps after this one, and for people. */
export function executedDir(root: string): string {
  return join(root, ".cache", "notebooks");
}

async function prepareKernel(root: string, python: string) {
  const jupyter = join(root, ".cache", "jupyter");
  await installKernel(jupyter);
  return async (args: string[]): Promise<Execution[]> => {
    const script = join(root, "tests", "notebooks", "execute.py");
    const result = await runCommand(python, [script, ...args], {
      cwd: root,
      env: jupyterEnv(jupyter),
      show: false,
    });
    const executions = readExecutions(result.text);
    if (result.code !== 0) console.log(result.text);
    return executions;
  };
}

interface Executed {
  executions: Execution[];
  ofNotebooks: number;
  repeats: Execution[];
  ofTimes: number;
}

function judge({ executions, ofNotebooks, repeats, ofTimes }: Executed): Check[] {
  const [first] = executions;
  if (first === undefined || executions.length < ofNotebooks || repeats.length < ofTimes) {
    const problem = `${executions.length} of ${ofNotebooks} notebooks were executed, ` +
      `and the first ${repeats.length} of ${ofTimes} times again`;
    return [{ name: "every notebook is executed", problem }];
  }
  return [
    ...executions.flatMap(judgeExecution),
    ...repeats.map((again, index) =>
      judgeRepeat(first, again, `run ${index + 1} of ${ofTimes} with the plain client`)
    ),
  ];
}
