import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINES } from "../../lib/inference/mod.ts";
import { testUnless } from "../gate/needs.ts";

const ROOT = join(import.meta.dirname!, "../..");
const MOD = join(ROOT, "mod.ts");
const MODEL = join(ROOT, "models/tinytales");

/** What a process that answers holds open of a home of its own, and what it is left with. */
async function reportsOf(engine: string, setting: Record<string, string>): Promise<string[]> {
  const home = await mkdtemp(join(tmpdir(), "tokenwatt-home-"));
  const program = `
    const { generate, loadModel } = await import(${JSON.stringify(MOD)});
    const model = await loadModel(${JSON.stringify(MODEL)});
    for await (const _ of generate(model, "Once", { maxNewTokens: 2, engine: "${engine}" }));
    for (const { name } of Deno.readDirSync("/proc/self/fd")) {
      try { console.log(Deno.readLinkSync("/proc/self/fd/" + name)); } catch { /* closed since */ }
    }`;
  const script = join(home, "answer.ts");
  try {
    await Deno.writeTextFile(script, program);
    const env = {
      HOME: home,
      XDG_CACHE_HOME: join(home, "cache"),
      DENO_DIR: denoDir(),
      ...setting,
    };
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--config", join(ROOT, "deno.json"), script],
      // With CI=true the library does not report, whatever else is set.
      clearEnv: true,
      env,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).split("\n").filter((path) =>
      /Microsoft|onnxruntime\.db|mat-debug/.test(path)
    );
  } finally {
    await rm(home, { recursive: true });
  }
}

function denoDir(): string {
  const { code, stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] })
    .outputSync();
  assert.equal(code, 0);
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

const lacking = Deno.build.os === "linux" && Deno.build.arch === "x86_64"
  ? null
  : "only the library for Linux x64 was seen to report";

for (const engine of ENGINES) {
  testUnless(lacking, `${engine} is kept from reporting usage to its makers`, async () => {
    assert.deepEqual(await reportsOf(engine, {}), []);
  });
}

testUnless(
  lacking,
  "ONNX Runtime reports where a user wants it to, so that the test can fail",
  async () => {
    assert.notDeepEqual(await reportsOf("ort-node", { ORT_DISABLE_TELEMETRY: "0" }), []);
  },
);
