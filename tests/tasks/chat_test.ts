import assert from "node:assert/strict";
import { join } from "node:path";
import { buildModel } from "../../lib/model/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { CHATML, INSTRUCT } from "../model/chat_templates.ts";
import { SMALL } from "../model/checkpoints.ts";
import { byteLevelTokenizer } from "../model/tokenizers.ts";
import { runTask, SHORT } from "./run_task.ts";

/** A model of random weights that speaks by that template. */
async function talkative(template: string | null): Promise<string> {
  const config = { ...SMALL, vocab_size: 280, max_position_embeddings: 256 };
  const { path } = await buildModel(config, { outDir: join(Deno.makeTempDirSync(), "m") });
  const { tokenizer, config: about } = byteLevelTokenizer();
  Deno.writeTextFileSync(join(path, "tokenizer.json"), JSON.stringify(tokenizer));
  Deno.writeTextFileSync(
    join(path, "tokenizer_config.json"),
    JSON.stringify(template === null ? about : { ...about, chat_template: template }),
  );
  return path;
}

async function profiled(args: string[], env: Record<string, string> = {}) {
  const db = join(Deno.makeTempDirSync(), "runs.db");
  return await runTask("profile", [
    ...SHORT,
    "--power",
    "estimate",
    "--quiet",
    "--db",
    db,
    ...args,
  ], { env });
}

Deno.test("profile --system writes the prompt as the model's template does", async () => {
  const model = await talkative(CHATML);
  const args = ["low", "--model", model, "--system", "Be brief.", "--json"];
  const { code, stdout, stderr } = await profiled(args);
  assert.equal(code, 0, stderr);
  const run: ProfilingRun = JSON.parse(stdout);
  assert.equal(
    run.prompt,
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nlow<|im_end|>\n<|im_start|>assistant\n",
  );
  // Bytes but for "low" and five special tokens, and "er" in "user".
  const words = ["system\nBe brief.", "\n", "us", "\n", "\n", "assistant\n"].join("").length;
  assert.equal(run.totals.promptTokens, 5 + words + 2);
});

Deno.test("profile --chat asks as the user", async () => {
  const model = await talkative(CHATML);
  const chat = await profiled(["low", "--model", model, "--chat", "--json"]);
  assert.equal(chat.code, 0, chat.stderr);
  assert.match(JSON.parse(chat.stdout).prompt, /You help.*user\nlow<\|im_end\|>/s);
});

const REFUSED: [what: string, args: () => Promise<string[]>, says: RegExp][] = [
  [
    "--chat for a model without template",
    async () => ["--model", await talkative(null), "--chat"],
    /brings no chat template/,
  ],
  [
    "a system message that the template does not take",
    async () => ["--model", await talkative(INSTRUCT), "--system", "x"],
    /refuses the messages: Conversation roles must alternate/,
  ],
  [
    "a template without end",
    async () => [
      "--model",
      await talkative(
        "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
      ),
      "--chat",
    ],
    /does not end within/,
  ],
  [
    "a model that the hub's cache does not have",
    () => Promise.resolve(["--model", "some-org/no-such-model"]),
    /deno task pull some-org\/no-such-model/,
  ],
  [
    "a precision that the model does not have",
    async () => ["--model", await talkative(null), "--precision", "q4f16"],
    /at precision "q4f16": model\.onnx is fp32/,
  ],
];
for (const [what, args, says] of REFUSED) {
  Deno.test(`profile refuses ${what} in one line, with exit code 2`, async () => {
    const empty = Deno.makeTempDirSync();
    const { code, stdout, stderr } = await profiled(await args(), { HF_HUB_CACHE: empty });
    assert.equal(code, 2, `${stdout}${stderr}`);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n\s+at |file:\/\//);
    assert.ok(stderr.trim().split("\n").length <= 2, stderr);
  });
}
