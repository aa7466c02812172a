/**
 * The files that describe a tokenizer: `tokenizer.json`, or what older models have in its place.
 *
 * @module
 */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { byteCharacters } from "./byte_tokenizer.ts";
import { readJsonIfThere, readJsonObject, readText, statOrNull } from "./files.ts";

/** The content of `tokenizer.json` and of `tokenizer_config.json`, and the file they came from. */
export interface TokenizerDefinition {
  path: string;
  tokenizer: Record<string, unknown>;
  config: Record<string, unknown>;
}

/** Reads a folder's tokenizer; `InputError` where there is none that can be read. */
export function readTokenizerFiles(folder: string): TokenizerDefinition {
  const config = readTokenizerConfig(folder);
  const path = join(folder, "tokenizer.json");
  if (statOrNull(path) !== null) return { path, tokenizer: readJsonObject(path), config };
  const vocabPath = join(folder, "vocab.json");
  const mergesPath = join(folder, "merges.txt");
  if (statOrNull(vocabPath) === null || statOrNull(mergesPath) === null) throw missing(folder);
  const vocab = readJsonObject(vocabPath);
  const added = addedTokens(folder, config, vocab);
  const isQwen = /^Qwen2/.test(String(config.tokenizer_class ?? ""));
  return {
    path: vocabPath,
    tokenizer: byteLevelBpe(vocab, mergesOf(readText(mergesPath)), added, isQwen),
    config,
  };
}

/** `tokenizer_config.json` with what `special_tokens_map.json` adds; empty where neither is there. */
export function readTokenizerConfig(folder: string): Record<string, unknown> {
  return {
    ...readJsonIfThere(join(folder, "special_tokens_map.json")),
    ...readJsonIfThere(join(folder, "tokenizer_config.json")),
  };
}

/** The error for a folder without a tokenizer that can be read. */
export function missing(folder: string): InputError {
  const lone = ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "tiktoken.model"]
    .find((name) => statOrNull(join(folder, name)) !== null);
  if (lone !== undefined) {
    return new InputError(
      `Cannot load a tokenizer: "${folder}" has ${lone} but no tokenizer.json`,
      {
        remedy: "convert it once with Python: transformers.AutoTokenizer.from_pretrained(FOLDER)" +
          ".save_pretrained(FOLDER)",
      },
    );
  }
  return new InputError(`Cannot load a tokenizer: "${folder}" has no tokenizer.json`, {
    remedy: "copy tokenizer.json and tokenizer_config.json there from the original model",
  });
}

// A special token is written as its text or as an object that holds it.
/** The text of a special token; "" where there is none. */
export function contentOf(token: unknown): string {
  if (typeof token === "string") return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : "";
}

interface AddedToken {
  id: number;
  content: string;
  special: boolean;
}

// Tokens that came after training stand in one of three files, by the age of the model.
function addedTokens(
  folder: string,
  config: Record<string, unknown>,
  vocab: Record<string, unknown>,
): AddedToken[] {
  const found = new Map<number, AddedToken>();
  const add = (id: unknown, content: string, special: boolean) => {
    if (Number.isSafeInteger(id) && content !== "" && !found.has(Number(id))) {
      found.set(Number(id), { id: Number(id), content, special });
    }
  };
  const decoder = config.added_tokens_decoder ?? {};
  for (const [id, token] of Object.entries(decoder as Record<string, { special?: boolean }>)) {
    add(Number(id), contentOf(token), token?.special !== false);
  }
  const later = readJsonIfThere(join(folder, "added_tokens.json")) ?? {};
  for (const [content, id] of Object.entries(later)) add(id, content, true);
  for (const key of ["bos_token", "eos_token", "unk_token", "pad_token"]) {
    const content = contentOf(config[key]);
    if (Object.hasOwn(vocab, content)) add(vocab[content], content, true);
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

function mergesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.includes(" ") && !line.startsWith("#version"));
}

// transformers, tokenization_qwen2.py; GPT-2's pattern is what ByteLevel has built in.
const QWEN_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

function byteLevelBpe(
  vocab: Record<string, unknown>,
  merges: string[],
  added: AddedToken[],
  isQwen: boolean,
): Record<string, unknown> {
  const byteLevel = (useRegex: boolean) => ({
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: false,
    use_regex: useRegex,
  });
  const split = {
    type: "Split",
    pattern: { Regex: QWEN_PATTERN },
    behavior: "Isolated",
    invert: false,
  };
  const known = byteCharacters().filter((character) => Object.hasOwn(vocab, character)).length;
  if (known < 200) { // without its 256 bytes it is a vocabulary of another kind
    throw new InputError(
      `Cannot use vocab.json as a byte-level vocabulary: it has ${known} of 256 bytes`,
      { remedy: "copy tokenizer.json there from the original model" },
    );
  }
  const rest = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: "1.0",
    added_tokens: added.map((token) => ({ ...token, ...rest })),
    normalizer: isQwen ? { type: "NFC" } : null,
    pre_tokenizer: isQwen
      ? { type: "Sequence", pretokenizers: [split, byteLevel(false)] }
      : byteLevel(true),
    post_processor: byteLevel(true),
    decoder: byteLevel(true),
    model: { type: "BPE", vocab, merges, continuing_subword_prefix: "", end_of_word_suffix: "" },
  };
}
