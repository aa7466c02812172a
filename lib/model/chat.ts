/**
 * Prompts for models that were trained on conversations.
 *
 * @module
 */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { readJsonIfThere, readText, statOrNull } from "./files.ts";
import type { Model } from "./load.ts";
import { contentOf, readTokenizerConfig } from "./tokenizer_files.ts";

/** One turn of a conversation. */
export interface ChatMessage {
  /** Who speaks: `"system"`, `"user"`, `"assistant"`, or what else the model's template knows. */
  role: string;
  /** What is said. */
  content: string;
}

/** How to write a conversation. */
export interface ChatOptions {
  /** Whether the text ends where the model is to answer; default true. */
  addGenerationPrompt?: boolean;
  /** Which of several templates to use, such as `"tool_use"`; default `"default"`. */
  template?: string;
  /** Further values that the template reads, such as `{ enable_thinking: false }`. */
  values?: Record<string, unknown>;
}

/** A conversation as the model reads it. */
export interface ChatPrompt {
  /** The whole text, special tokens written out. */
  text: string;
  /** Its ids: no begin token is added to those that the template wrote. */
  ids: number[];
}

/**
 * Writes a conversation as the model's own chat template does.
 *
 * @param model as `loadModel` returns it
 * @param messages the turns, in order; a text stands for one turn of the user
 * @returns the text and its ids, for `generate` and `profile`
 * @throws {InputError} where the model brings no template, or its template refuses the messages or
 *   does not end
 *
 * @example
 * ```ts ignore
 * import { chatPrompt, generate, loadModel } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("Qwen/Qwen2.5-0.5B-Instruct");
 * const prompt = await chatPrompt(model, [
 *   { role: "system", content: "Answer in one word." },
 *   { role: "user", content: "What is the capital of Chile?" },
 * ]);
 * for await (const token of generate(model, prompt.ids)) console.log(token.text);
 * ```
 */
export async function chatPrompt(
  model: Model,
  messages: string | readonly ChatMessage[],
  options: ChatOptions = {},
): Promise<ChatPrompt> {
  const turns = typeof messages === "string" ? [{ role: "user", content: messages }] : messages;
  if (turns.length === 0) {
    throw new InputError("Cannot write a conversation without messages", {
      remedy: "pass at least one message",
    });
  }
  const { path, template } = findTemplate(model.path, options.template ?? "default");
  const { renderTemplate } = await import("./chat_template.ts");
  const text = renderTemplate(path, template, {
    ...specialTokens(readTokenizerConfig(model.path)),
    // transformers passes both, so templates may ask whether they are none.
    tools: null,
    documents: null,
    messages: turns.map(({ role, content }) => ({ role, content })),
    add_generation_prompt: options.addGenerationPrompt ?? true,
    ...options.values,
  });
  return { text, ids: model.tokenizer.encode(text, { addSpecialTokens: false }) };
}

// Newer models have a file of their own, older ones a text or a list in the tokenizer's configuration.
function findTemplate(folder: string, name: string): { path: string; template: string } {
  const own = name === "default"
    ? join(folder, "chat_template.jinja")
    : join(folder, "additional_chat_templates", `${name}.jinja`);
  if (/^[\w-]+$/.test(name) && statOrNull(own) !== null) {
    return { path: own, template: readText(own) };
  }
  for (const file of ["chat_template.json", "tokenizer_config.json"]) {
    const path = join(folder, file);
    const found = readJsonIfThere(path)?.chat_template;
    const template = named(found, name);
    if (template !== null) return { path, template };
    if (Array.isArray(found)) {
      const names = found.map((entry) => `"${(entry as { name?: unknown })?.name}"`).join(", ");
      throw new InputError(`Cannot find the chat template "${name}" in "${path}"`, {
        remedy: `use one of ${names}`,
      });
    }
  }
  throw new InputError(`Cannot write a conversation for "${folder}": it brings no chat template`, {
    remedy: "use a model trained for chat, or pass the prompt as plain text",
  });
}

function named(found: unknown, name: string): string | null {
  if (typeof found === "string") return name === "default" ? found : null;
  if (!Array.isArray(found)) return null;
  const entries = found as ({ name?: unknown; template?: unknown } | null)[];
  const entry = entries.find((candidate) => candidate?.name === name);
  return typeof entry?.template === "string" ? entry.template : null;
}

function specialTokens(config: Record<string, unknown>): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    const content = /_token$/.test(key) ? contentOf(value) : "";
    if (content !== "") tokens[key] = content;
  }
  // Templates write these; where the model has none, nothing.
  return { bos_token: "", eos_token: "", ...tokens };
}
