import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../../lib/errors.ts";
import { kernelSpec } from "../../../setup/kernel.ts";
import { modelAnswer } from "../../../tasks/doctor/model.ts";
import { kernelAnswer, pythonAnswer } from "../../../tasks/doctor/notebooks.ts";
import { type Answer, examine } from "../../../tasks/doctor/part.ts";
import { sudoRuleAnswer } from "../../../tasks/doctor/power.ts";
import { denoAnswer, onnxRuntimeAnswer } from "../../../tasks/doctor/runtimes.ts";
import { testUnless } from "../../gate/needs.ts";
import { lacking, withRule } from "../../setup/sandbox.ts";

const QUESTION = { part: "x", label: "X", required: true };

/** What an answer says is wrong; empty where nothing is. */
function fault(answer: Answer): string {
  return "reason" in answer ? answer.reason : "";
}

function script(text: string): string {
  const path = join(Deno.makeTempDirSync(), "program");
  Deno.writeTextFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

Deno.test("examine() makes an answer of whatever goes wrong while looking", async () => {
  const refused = await examine(QUESTION, () => {
    throw new InputError("Cannot look", { remedy: "open your eyes" });
  });
  assert.deepEqual([refused.works, refused.reason, refused.remedy], [
    false,
    "Cannot look",
    "open your eyes",
  ]);
  const crashed = await examine(QUESTION, () => Promise.reject(new TypeError("odd\nmore")));
  assert.equal(crashed.reason, "odd");
  const fine = await examine(QUESTION, () => ({ found: "it" }));
  assert.deepEqual(fine, { ...QUESTION, works: true, found: "it", reason: null, remedy: null });
});

Deno.test("denoAnswer() refuses versions before 2.9 and takes later ones", () => {
  for (const version of ["2.9.0", "2.10.1", "3.0.0"]) assert.equal(fault(denoAnswer(version)), "");
  for (const version of ["2.8.9", "1.46.3"]) assert.match(fault(denoAnswer(version)), /older/);
});

Deno.test("onnxRuntimeAnswer() multiplies two matrices", async () => {
  assert.equal(fault(await onnxRuntimeAnswer()), "");
});

Deno.test("modelAnswer() tells a model that is not whole", async () => {
  assert.equal(fault(await modelAnswer()), "");
  const folder = Deno.makeTempDirSync();
  assert.match(fault(await modelAnswer(folder)), /config\.json cannot be read/);
  for (const name of ["config.json", "tokenizer.json"]) {
    Deno.writeTextFileSync(join(folder, name), "{}");
  }
  assert.match(fault(await modelAnswer(folder)), /model\.safetensors cannot be read/);
  const weights = join(folder, "model.safetensors");
  const header = new TextEncoder().encode('{"w":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}');
  const whole = [header.length, 0, 0, 0, 0, 0, 0, 0, ...header, ...new Uint8Array(8)];
  Deno.writeFileSync(weights, Uint8Array.from(whole));
  assert.equal(fault(await modelAnswer(folder)), "");
  Deno.writeFileSync(weights, Uint8Array.from(whole.slice(0, -1)));
  assert.match(fault(await modelAnswer(folder)), /has \d+ bytes and should have \d+/);
  Deno.writeFileSync(weights, Uint8Array.from(whole.slice(0, 20)));
  assert.match(fault(await modelAnswer(folder)), /ends within its header/);
  Deno.writeTextFileSync(weights, "version https://git-lfs.github.com/spec/v1\n");
  assert.match(fault(await modelAnswer(folder)), /no header of a safetensors file/);
});

Deno.test("kernelAnswer() tells what is wrong with the kernel that Jupyter would take", async () => {
  const folder = Deno.makeTempDirSync();
  const env = (name: string) => name === "JUPYTER_PATH" ? folder : undefined;
  const kernel = join(folder, "kernels", "deno");
  assert.match(fault(await kernelAnswer(env, "windows")), /no Deno kernel/);
  Deno.mkdirSync(kernel, { recursive: true });
  const spec = kernelSpec();
  const cases: [unknown, RegExp][] = [
    [spec, /^$/],
    [{ ...spec, env: {} }, /NO_COLOR/],
    [{ ...spec, env: undefined }, /NO_COLOR/],
    [{ ...spec, interrupt_mode: "message" }, /hangs/],
    [{ ...spec, argv: ["/gone/deno"] }, /\/gone\/deno, which is not there/],
    [{ ...spec, argv: [] }, /names no command/],
    [null, /names no command/],
  ];
  for (const [value, says] of cases) {
    Deno.writeTextFileSync(join(kernel, "kernel.json"), JSON.stringify(value));
    assert.match(fault(await kernelAnswer(env, "windows")), says);
  }
  Deno.writeTextFileSync(join(kernel, "kernel.json"), "{");
  assert.match(fault(await kernelAnswer(env, "windows")), /not JSON/);
});

Deno.test("pythonAnswer() wants 3.10 or newer with venv", async () => {
  const cases: [string, RegExp][] = [
    ["echo 3 12 1 True False", /^$/],
    ["echo 3 9 2 True True", /3\.9\.2 is older/],
    ["echo 3 10 0 False False", /lacks venv/],
    ["exit 1", /does not run/],
  ];
  for (const [text, says] of cases) assert.match(fault(await pythonAnswer(script(text))), says);
  assert.match(fault(await pythonAnswer("/gone/python")), /there is no/);
});

Deno.test("sudoRuleAnswer() asks sudo on macOS only", async () => {
  const asked = join(Deno.makeTempDirSync(), "asked");
  const sudo = script(`echo asked > ${asked}; exit 1`);
  assert.match(fault(await sudoRuleAnswer("linux", sudo)), /part of macOS, and this is linux/);
  assert.throws(() => Deno.statSync(asked));
  assert.equal(fault(await sudoRuleAnswer("darwin", sudo)), "there is none");
  assert.ok(Deno.statSync(asked).isFile);
  assert.match(fault(await sudoRuleAnswer("darwin", "/gone/sudo")), /no sudo/);
});

Deno.test("sudoRuleAnswer() warns of a rule that allows any argument", async () => {
  const sudo = script(`cat <<'E'
User ada may run the following commands on mac:

Sudoers entry: /etc/sudoers.d/asitop
    RunAsUsers: root
    Options: !authenticate
    Commands:
	/usr/bin/powermetrics
E`);
  const answer = await sudoRuleAnswer("darwin", sudo);
  assert.match(fault(answer), /writes any file as root/);
});

testUnless(
  lacking,
  "sudoRuleAnswer() finds the rule that setup installs in the real sudo",
  async () => {
    await withRule(async ({ user }) => {
      const sudo = script(`exec /usr/sbin/runuser -u ${user.name} -- /usr/bin/sudo "$@"`);
      assert.equal(fault(await sudoRuleAnswer("darwin", sudo)), "");
    });
  },
);
