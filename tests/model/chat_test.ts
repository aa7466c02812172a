import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { buildModel, type ChatMessage, chatPrompt, loadModel } from "../../lib/model/mod.ts";
import type { Model } from "../../lib/model/mod.ts";
import { CHATML, HEADERS, INSTRUCT, LINES } from "./chat_templates.ts";
import { SMALL, temporaryFolder } from "./checkpoints.ts";
import { byteLevelTokenizer, llamaTokenizer, type TokenizerFiles } from "./tokenizers.ts";

/** A model of random weights with that tokenizer and those further files. */
async function withModel(
  { tokenizer, config }: TokenizerFiles,
  files: Record<string, string>,
  test: (model: Model) => Promise<void>,
): Promise<void> {
  using folder = temporaryFolder();
  const { path } = await buildModel({ ...SMALL, vocab_size: 280 }, { outDir: `${folder.path}/m` });
  const all = {
    "tokenizer.json": JSON.stringify(tokenizer),
    "tokenizer_config.json": JSON.stringify(config),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    await Deno.mkdir(`${path}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${path}/${name}`, content);
  }
  await test(await loadModel(path));
}

const render = async (
  template: string,
  messages: string | ChatMessage[],
  values: Record<string, unknown> = {},
): Promise<string> => {
  let text = "";
  await withModel(llamaTokenizer(), { "chat_template.jinja": template }, async (model) => {
    text = (await chatPrompt(model, messages, { values })).text;
  });
  return text;
};

const USER: ChatMessage = { role: "user", content: " Hi " };
const SYSTEM: ChatMessage = { role: "system", content: "Be brief." };
const THREE: ChatMessage[] = [
  { role: "user", content: "a" },
  { role: "assistant", content: "b" },
  { role: "user", content: "c" },
];

Deno.test("chatPrompt() writes what Python's Jinja writes", async () => {
  assert.equal(
    await render(CHATML, " Hi "),
    "<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\n",
  );
  assert.equal(
    await render(CHATML, [SYSTEM, USER]),
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\n",
  );
  assert.equal(await render(INSTRUCT, THREE), "<s>[INST] a [/INST]b</s>[INST] c [/INST]");
  assert.equal(
    await render(HEADERS, [SYSTEM, USER]),
    "<s><|start_header_id|>system<|end_header_id|>\n\nToday Date: 26 Jul 2024\n\nBe brief.<|eot_id|>" +
      "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>" +
      "<|start_header_id|>assistant<|end_header_id|>\n\n",
  );
  const dated = await render(HEADERS, "x", { date_string: "1 May 2031" });
  assert.match(dated, /\n\nToday Date: 1 May 2031\n\n<\|eot_id\|>/);
  assert.equal(await render(LINES, THREE), "<|user|>\na</s>\n<|user|>\nc</s>\n<|assistant|>\n");
});

Deno.test("chatPrompt() has one begin token where template and tokenizer both write it", async () => {
  await withModel(llamaTokenizer(), { "chat_template.jinja": INSTRUCT }, async (model) => {
    const { ids, text } = await chatPrompt(model, "low");
    assert.deepEqual(ids.slice(0, 1), [1]);
    assert.equal(ids.filter((id) => id === 1).length, 1);
    assert.equal(
      model.tokenizer.encode(text).filter((id) => id === 1).length,
      2,
      "it would be two",
    );
    assert.equal(model.tokenizer.encode("low")[0], 1, "plain text still gets it");
  });
});

Deno.test("chatPrompt() has the ids of the special tokens that the template writes", async () => {
  await withModel(byteLevelTokenizer(), { "chat_template.jinja": CHATML }, async (model) => {
    const { ids } = await chatPrompt(model, [SYSTEM, { role: "user", content: "low" }]);
    assert.deepEqual(ids.filter((id) => id >= 261), [262, 263, 262, 263, 262]);
    assert.deepEqual(ids.slice(-2 - 9 - 2, -2 - 9), [263, 10], "the user's end, then the answer");
  });
});

Deno.test("chatPrompt() finds templates where old and new models have them", async () => {
  const { tokenizer, config } = llamaTokenizer();
  const list = [
    { name: "default", template: "D{{ messages[0].content }}" },
    { name: "tool_use", template: "T" },
  ];
  const listed = { tokenizer, config: { ...config, chat_template: list } };
  await withModel(listed, {}, async (model) => {
    assert.equal((await chatPrompt(model, "x")).text, "Dx");
    assert.equal((await chatPrompt(model, "x", { template: "tool_use" })).text, "T");
    await assert.rejects(chatPrompt(model, "x", { template: "rag" }), /use one of "default"/);
  });
  const single = { tokenizer, config: { ...config, chat_template: "S" } };
  await withModel(single, {}, async (model) => {
    assert.equal((await chatPrompt(model, "x")).text, "S");
  });
  await withModel(single, { "chat_template.jinja": "F{{ eos_token }}" }, async (model) => {
    assert.equal((await chatPrompt(model, "x")).text, "F</s>", "the file wins");
  });
  const extra = { "additional_chat_templates/rag.jinja": "R" };
  await withModel(single, extra, async (model) => {
    assert.equal((await chatPrompt(model, "x", { template: "rag" })).text, "R");
  });
});

Deno.test("chatPrompt() can end without asking for an answer", async () => {
  await withModel(llamaTokenizer(), { "chat_template.jinja": CHATML }, async (model) => {
    const { text } = await chatPrompt(model, THREE.slice(0, 2), { addGenerationPrompt: false });
    assert.ok(text.endsWith("<|im_start|>assistant\nb<|im_end|>\n"));
  });
});

async function refused(template: string | null, messages: ChatMessage[], message: RegExp) {
  const files: Record<string, string> = template === null
    ? {}
    : { "chat_template.jinja": template };
  await withModel(llamaTokenizer(), files, async (model) => {
    await assert.rejects(chatPrompt(model, messages), (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"), "one line");
      return true;
    });
  });
}

Deno.test("chatPrompt() refuses a model without template, and no messages", async () => {
  await refused(null, [USER], /brings no chat template; .*plain text/);
  await refused(CHATML, [], /without messages/);
});

Deno.test("chatPrompt() passes on why a template refuses", async () => {
  await refused(
    INSTRUCT,
    [SYSTEM, USER],
    /refuses the messages: Conversation roles must alternate/,
  );
});

Deno.test("chatPrompt() ends templates that would not, and those that grow without end", async () => {
  const nested = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
  await refused(nested, [USER], /does not end within/);
  await refused("{% for a in range(1000000000000) %}{% endfor %}", [USER], /list of 1000000000000/);
  await refused("{% for a in range(0, 9, 0) %}{% endfor %}", [USER], /list of Infinity/);
  const doubling = (start: string) =>
    `{% set ns = namespace(x=${start}) %}` +
    "{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}";
  await refused(doubling("'ab'"), [USER], /more than 16000000 characters/);
  await refused(doubling("[1]"), [USER], /more than 16000000 characters/);
  const nesting = doubling("[1]").replace("ns.x + ns.x", "[ns.x, ns.x]");
  await refused(nesting + "{{ ns.x | tojson }}", [USER], /more than 16000000 characters/);
  const joining = "{% for i in a %}{{ a | join | length }}{% endfor %}";
  await refused("{% set a = range(90000) %}" + joining, [USER], /does not end within 2000 ms/);
  await refused("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", [USER], /Cannot use the chat/);
  await refused("{% for", [USER], /Cannot use the chat template/);
  await refused("{{ messages[0].content.constructor.constructor('x')() }}", [USER], /Cannot use/);
  await refused("x".repeat(200_000), [USER], /has 200000 characters/);
  await refused("\n".repeat(90_000), [USER], /2000 spaces in a row/);
  await refused("{{" + "(".repeat(90_000), [USER], /Cannot use the chat template/);
});
