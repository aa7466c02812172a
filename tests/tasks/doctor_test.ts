import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Part } from "../../tasks/doctor/part.ts";
import { lackingValidator, schemaProblems } from "../gate/json_schema.ts";
import { testUnless } from "../gate/needs.ts";
import { runTask } from "./run_task.ts";

interface Report {
  works: boolean;
  parts: Part[];
}

async function report(args: string[], cwd = Deno.makeTempDirSync()) {
  const { code, stdout, stderr } = await runTask("doctor", ["--json", ...args], {
    cwd,
    env: { JUPYTER_DATA_DIR: join(cwd, "jupyter") },
  });
  assert.equal(stderr, "");
  return { code, stdout, ...JSON.parse(stdout) as Report };
}

Deno.test("doctor answers for every part, and leaves no file behind", async () => {
  const cwd = Deno.makeTempDirSync();
  const { code, works, parts } = await report([], cwd);
  assert.equal(code, 0, JSON.stringify(parts.filter((part) => part.required && !part.works)));
  assert.equal(works, true);
  const names = parts.map(({ part }) => part);
  assert.equal(new Set(names).size, names.length);
  for (
    const name of [
      ...["deno", "onnxruntime", "model", "power:powermetrics", "power:estimate", "sudo-rule"],
      ...["database", "disk", "jupyter-kernel", "python"],
    ]
  ) {
    assert.ok(names.includes(name), `${name} is missing`);
  }
  for (const { part, works, found, reason, remedy } of parts) {
    if (works) assert.deepEqual([typeof found, reason, remedy], ["string", null, null], part);
    else assert.ok(reason && remedy, part);
  }
  const onnx = parts.find(({ part }) => part === "onnxruntime");
  assert.match(onnx?.found ?? "", /^\d+\.\d+\.\d+, providers .*\bcpu\b/);
  assert.deepEqual([...Deno.readDirSync(cwd)], []);
});

Deno.test("doctor says with exit code 1 that the main job cannot run, and why", async () => {
  const db = join(Deno.makeTempDirSync(), "runs.db");
  Deno.writeTextFileSync(db, "not a database, only some text of some length ".repeat(99));
  const { code, works, parts } = await report(["--db", db]);
  assert.equal(code, 1);
  assert.equal(works, false);
  const failing = parts.filter((part) => part.required && !part.works);
  assert.deepEqual(failing.map(({ part }) => part), ["database"]);
  assert.match(failing[0]!.reason!, /not a database/);

  const { code: same, stdout, stderr } = await runTask("doctor", ["--db", db]);
  assert.equal(same, 1);
  assert.equal(stderr, "");
  assert.match(stdout, /^FAILS {2}Database/m);
  assert.match(stdout, /cannot run here before this is put right: Database\.\n$/);
});

Deno.test("doctor tells how each part is by a word, without colour in a pipe", async () => {
  const { code, stdout } = await runTask("doctor", [], { env: { NO_COLOR: "" } });
  assert.equal(code, 0, stdout);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(stdout, /[\x1b\r]/);
  assert.match(stdout, /^works {2}ONNX Runtime/m);
  if (Deno.build.os === "darwin") return;
  assert.match(stdout, /^no +Power: powermetrics +powermetrics is part of macOS/m);
  assert.match(stdout, /^ +→ run on a Mac/m);
});

Deno.test("doctor --help shows its options and examples; a wrong flag has exit code 2", async () => {
  const { code, stdout } = await runTask("doctor", ["--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /Usage: deno task doctor \[options\]/);
  assert.match(stdout, /Examples:\n {2}deno task doctor/);
  assert.equal((await runTask("doctor", ["--fix"])).code, 2);
});

testUnless(lackingValidator, "doctor --json prints what docs/doctor.schema.json says", async () => {
  const found: Report = JSON.parse((await report([])).stdout);
  const part = { ...found.parts[0]!, works: false, reason: "r", remedy: "r" };
  const broken = [{ works: "yes" }, { reason: null }, { remedy: "" }, { part: "attic" }]
    .map((change) => ({ works: true, parts: [{ ...part, ...change }] }));
  const whole = { works: true, parts: [part] };
  const problems = await schemaProblems("doctor.schema.json", [found, whole, ...broken]);
  assert.deepEqual(problems.slice(0, 2), [[], []]);
  assert.ok(problems.slice(2).every(({ length }) => length > 0), JSON.stringify(problems));
});

Deno.test("doctor finds the kernel that setup installs", async () => {
  const cwd = Deno.makeTempDirSync();
  const env = { JUPYTER_DATA_DIR: join(cwd, "jupyter") };
  await runTask("setup", ["kernel"], { env });
  assert.ok(existsSync(join(cwd, "jupyter", "kernels", "deno", "kernel.json")));
  const { stdout } = await runTask("doctor", ["--json"], { cwd, env });
  const { parts } = JSON.parse(stdout) as Report;
  const kernel = parts.find(({ part }) => part === "jupyter-kernel");
  assert.deepEqual([kernel?.works, kernel?.reason], [true, null]);
});
