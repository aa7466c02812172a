import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { prepareJupyter } from "../../setup/jupyter_venv.ts";
import { jupyterEnv } from "../../setup/kernel.ts";
import { testUnless } from "../gate/needs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const jupyter = await prepareJupyter(ROOT);

const SET_UP = `import {
  interruptSignal, loadModel, print, profile, startPower,
} from "@tokenwatt/tokenwatt";
const quick = { source: "estimate", baselineSeconds: 0 };
let times = 0;`;

/** Crashes with a window open and the sampler running, the first time. */
const CRASHING = `const power = await startPower(quick);
const work = power.window("work");
if (times++ === 0) throw new Error("half way");
work.end();
const { windows } = await power.stop();
await print(windows.length + " window: " + windows[0].verdict);`;

const ANY_CODE = `const spinning = await startPower(quick);
let spins = 0;
const spin = await spinning.measure("spin", () => {
  if (spins++ === 20) console.log("interrupt me");
  const untilMs = performance.now() + 5;
  while (performance.now() < untilMs);
}, { minSeconds: 300, signal: interruptSignal() });
await print(spin.interrupted + " " + (spin.calls > 0) + " " + spin.verdict);
await spinning.stop();`;

const INFERENCE = `let asked = false;
const run = await profile(await loadModel("models/tinytales"), "Once upon a time", {
  ...quick, warmup: 0, minSeconds: 300, maxSeconds: 300, signal: interruptSignal(),
  live: ({ stage, text }) => {
    if (stage !== "measure" || text.length < 20 || asked) return;
    asked = true;
    console.log("interrupt me");
  },
});
await print(run.status + " " + (run.totals.generatedTokens > 0));`;

const CAUSED = `const cause = new TypeError("no \u001b[31mpower\u202e");
throw new Error("cannot go on", { cause });`;

const MISTAKE = `await profile(await loadModel("nowhere"), "Once");`;

async function converse(cells: readonly string[]): Promise<(string | null)[]> {
  if ("reason" in jupyter) throw new Error(jupyter.reason);
  const child = new Deno.Command(jupyter.python, {
    args: [join(ROOT, "tests", "notebooks", "converse.py"), join(ROOT, "notebooks")],
    env: jupyterEnv(join(ROOT, ".venv", "share", "jupyter")),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(cells)));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout);
  const line = text.split("\n").find((line) => line.startsWith("["));
  assert.ok(line !== undefined, text + new TextDecoder().decode(stderr));
  return JSON.parse(line);
}

testUnless(
  "reason" in jupyter ? jupyter.reason : null,
  "the kernel lives through crashed and stopped cells, and what was measured is kept",
  async () => {
    const cells = [
      SET_UP,
      CRASHING,
      CRASHING,
      ANY_CODE,
      INFERENCE,
      CAUSED,
      MISTAKE,
      'await print("alive");',
    ];
    const [, crashed, again, spun, stopped, caused, mistake, alive] = await converse(cells);
    assert.match(crashed ?? "", /Error: half way/);
    assert.match(again ?? "", /^1 window: work: /);
    assert.match(spun ?? "", /true true spin: stopped, /);
    assert.match(stopped ?? "", /interrupted true/);
    assert.match(
      caused ?? "",
      /Error: cannot go on\n +at .*\n +caused by TypeError: no ␛\[31mpower⟨U\+202E⟩\n/,
    );
    // The kernel shows no remedy: the message holds it.
    assert.match(mistake ?? "", /InputError: Cannot .*nowhere.*; \w+/);
    assert.match(alive ?? "", /alive/);
  },
);
