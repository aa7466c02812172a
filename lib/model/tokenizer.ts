/**
 * Text to ids and back, over `@huggingface/tokenizers`, which is loaded when it is first needed.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { readJsonObject, statOrNull } from "./files.ts";

/** What the project needs of a tokenizer. */
export interface Tokenizer {
  /** The ids of a text, with the begin token where the model's tokenizer adds one. */
  encode(text: string): number[];
  /** The text of ids, without special tokens; ids that are not in the vocabulary are left out. */
  decode(ids: readonly number[]): string;
  /** Ids of special tokens, such as begin and end. */
  specialIds: ReadonlySet<number>;
}

/** Loads the tokenizer in `folder`; `InputError` where it is missing or cannot be used. */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const path = `${folder}/tokenizer.json`;
  if (statOrNull(path) === null) throw missing(folder);
  const definition = readJsonObject(path);
  const configPath = `${folder}/tokenizer_config.json`;
  const config = statOrNull(configPath) === null ? {} : readJsonObject(configPath);
  const library = await import("@huggingface/tokenizers");
  let tokenizer: InstanceType<typeof library.Tokenizer>;
  try {
    tokenizer = new library.Tokenizer(definition, config);
    tokenizer.encode("a");
  } catch (cause) {
    throw new InputError(`Cannot use the tokenizer "${path}": ${(cause as Error).message}`, {
      remedy: "replace it with the tokenizer.json of the original model",
      cause,
    });
  }
  const bosId = tokenizer.token_to_id(contentOf(config.bos_token)) ?? null;
  const added = [...tokenizer.get_added_tokens_decoder().values()];
  return {
    specialIds: new Set(added.filter((token) => token.special).map((token) => token.id)),
    encode(text) {
      const ids = tokenizer.encode(text).ids;
      // Where tokenizer.json has no template for it, tokenizer_config.json alone asks for it.
      if (config.add_bos_token === true && bosId !== null && ids[0] !== bosId) ids.unshift(bosId);
      if (config.add_bos_token === false && bosId !== null && ids[0] === bosId) ids.shift();
      return ids;
    },
    decode(ids) {
      if (ids.length === 0) return "";
      return tokenizer.decode([...ids], {
        skip_special_tokens: true,
        // Cleaning up removes spaces of earlier tokens: the text could not be told as it comes.
        clean_up_tokenization_spaces: false,
      });
    },
  };
}

/** Stands in for the tokenizer of a lone `.onnx` file: takes ids only, decodes to nothing. */
export function noTokenizer(folder: string): Tokenizer {
  return {
    specialIds: new Set(),
    encode() {
      throw missing(folder);
    },
    decode: () => "",
  };
}

function missing(folder: string): InputError {
  return new InputError(`Cannot load a tokenizer: "${folder}" has no tokenizer.json`, {
    remedy: "copy tokenizer.json and tokenizer_config.json there from the original model",
  });
}

// A special token is written as its text or as an object that holds it.
function contentOf(token: unknown): string {
  if (typeof token === "string") return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : "";
}
