import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { prepareJupyter } from "../../setup/jupyter_venv.ts";
import { codeCells } from "../../tasks/test/cells.ts";
import { findChromium } from "../../tasks/test/chromium.ts";
import { runCommand } from "../../tasks/test/command.ts";
import type { LabSight } from "../browser/sight.ts";
import { testUnless } from "../gate/needs.ts";
import { spawnTask } from "../tasks/run_task.ts";
import { HOSTILE, HOSTILE_CELL } from "./hostile.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BROWSER = ["--config", "tests/browser/deno.json", "tests/browser/lab.ts"];

/** Runs for minutes, unless it is stopped. */
const LONG_CELL = `const long = liveView();
const stopped = await profile(model, "Once upon a time", {
  minSeconds: 300, maxSeconds: 300, baselineSeconds: 1, source: "estimate", database,
  signal: interruptSignal(),
  live: ({ stage, text, powerMw }) => {
    if (stage === "measure") long.update({ phase: stage, text, powerMw });
  },
});
await long.end(charts.powerTimeline(stopped));
await print(stopped.status + " with " + stopped.totals.generatedTokens + " tokens");`;

const NEXT_CELL = `await print("the kernel lives: " + database.getRun(stopped.runId).status);`;

async function lacking(): Promise<string | null> {
  if (await findChromium() === null) return "Chromium was not found";
  const jupyter = await prepareJupyter(ROOT);
  if ("reason" in jupyter) return `${jupyter.reason}; ${jupyter.remedy}`;
  const { code, text } = await runCommand(Deno.execPath(), ["cache", "-q", ...BROWSER], {
    cwd: ROOT,
    show: false,
  });
  return code === 0 ? null : `playwright-core cannot be loaded (${text.split("\n")[0]})`;
}

/** A notebook of these cells, where JupyterLab finds it and `@tokenwatt/tokenwatt` resolves. */
function writeNotebook(path: string, sources: readonly string[]): void {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  const kernelspec = { name: "deno", display_name: "Deno", language: "typescript" };
  const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  Deno.writeTextFileSync(path, JSON.stringify(notebook));
}

/** The address with its token, which the server prints when it is ready. */
async function addressOf(server: Deno.ChildProcess): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of server.stderr) {
    text += decoder.decode(bytes, { stream: true });
    const found = text.match(/http:\/\/127\.0\.0\.1:\d+\/\S*token=\w+/);
    if (found) return found[0];
  }
  throw new Error(`JupyterLab ended: ${text}`);
}

testUnless(
  await lacking(),
  "JupyterLab shows the first notebook's charts, stops a run, goes on, and executes no text",
  async () => {
    const folder = join(ROOT, "out", "jupyterlab");
    Deno.mkdirSync(folder, { recursive: true });
    // Windowed notebooks keep only what is in view in the document.
    const settings = Deno.makeTempDirSync({ prefix: "tokenwatt-lab-" });
    const tracker = join(settings, "@jupyterlab", "notebook-extension");
    Deno.mkdirSync(tracker, { recursive: true });
    Deno.writeTextFileSync(
      join(tracker, "tracker.jupyterlab-settings"),
      JSON.stringify({ windowingMode: "none" }),
    );
    const first = codeCells(
      Deno.readTextFileSync(join(ROOT, "notebooks", "01-first-profile.ipynb")),
    ).map(({ source }) => source);
    writeNotebook(join(folder, "seen.ipynb"), [...first, HOSTILE_CELL, LONG_CELL, NEXT_CELL]);

    const server = spawnTask("notebook", ["--no-open", "--port", `${portNow()}`], {
      env: { JUPYTERLAB_SETTINGS_DIR: settings, JUPYTER_CONFIG_DIR: settings },
    });
    try {
      const address = await addressOf(server);
      const url = address.replace(/\/lab\/tree\/[^?]*/, "/lab/tree/out/jupyterlab/seen.ipynb");
      const chromium = await findChromium();
      const { code, text } = await runCommand(
        Deno.execPath(),
        ["run", "-q", "-A", "--check", ...BROWSER, chromium!, url, folder],
        { cwd: ROOT, show: false },
      );
      assert.equal(code, 0, text);
      const sight = JSON.parse(text.split("\n").find((line) => line.startsWith("{"))!) as LabSight;
      assertSeen(sight, first);
    } finally {
      server.kill("SIGINT");
      assert.equal((await server.status).code, 130);
      await server.stdout.cancel();
      await Deno.remove(settings, { recursive: true });
    }
  },
);

/** One that was free a moment ago: another gate may run on this machine. */
function portNow(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function assertSeen(sight: LabSight, first: readonly string[]): void {
  assert.deepEqual(sight.errors, []);
  first.forEach((source, cell) => {
    const shows = [...source.matchAll(/\bawait show\(/g)].length +
      [...source.matchAll(/\bliveView\(\)/g)].length;
    const painted = sight.figures.filter((figure) => figure.cell === cell);
    assert.equal(painted.length, shows, `figures of cell ${cell}`);
  });
  for (const { width, height, ink, cell } of sight.figures) {
    assert.ok(width >= 300 && height >= 40, `a figure of cell ${cell} is ${width} × ${height}`);
    assert.ok(ink > 0.01, `a figure of cell ${cell} is blank`);
  }
  const [hostile = "", long = "", next = ""] = sight.outputs.slice(first.length);
  assert.match(long, /interrupted with [1-9]\d* tokens/);
  assert.match(next, /the kernel lives: interrupted/);
  assert.match(
    sight.figures.findLast(({ cell }) => cell === first.length + 1)!.text,
    /interrupted/,
  );

  assert.equal(sight.pwned, null);
  assert.equal(sight.formulas, 0, "text between dollar signs is not typeset");
  assert.deepEqual(sight.dialogs, []);
  assert.ok(hostile.includes("<script>"), "hostile text is shown as text");
  for (const character of HOSTILE.hidden) {
    const code = character.charCodeAt(0).toString(16);
    assert.ok(!sight.outputs.some((text) => text.includes(character)), `U+${code} is shown raw`);
  }
  assert.ok(hostile.includes("the end"), "what comes after the long line is there");
}
