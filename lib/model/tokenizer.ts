/**
 * Text to ids and back, over `@huggingface/tokenizers`, which is loaded when it is first needed.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { contentOf, missing, readTokenizerFiles } from "./tokenizer_files.ts";

/** How to turn a text into ids. */
export interface EncodeOptions {
  /**
   * Whether the begin token and the like are added, as the model's tokenizer does; default true.
   * Without them for text that holds them already, as chat templates write it.
   */
  addSpecialTokens?: boolean;
}

/** What the project needs of a tokenizer. */
export interface Tokenizer {
  /** The ids of a text, with the begin token where the model's tokenizer adds one. */
  encode(text: string, options?: EncodeOptions): number[];
  /** The text of ids, without special tokens; ids that are not in the vocabulary are left out. */
  decode(ids: readonly number[]): string;
  /** Ids of special tokens, such as begin and end. */
  specialIds: ReadonlySet<number>;
}

/** A tokenizer and what else its files say; `null` where they do not. */
export interface LoadedTokenizer {
  tokenizer: Tokenizer;
  /** How far the ids of its vocabulary reach. */
  vocabSize: number | null;
  bosTokenId: number | null;
  eosTokenId: number | null;
}

/** Loads the tokenizer in `folder`; `InputError` where it is missing or cannot be used. */
export async function loadTokenizer(folder: string): Promise<LoadedTokenizer> {
  const { path, tokenizer: definition, config } = readTokenizerFiles(folder);
  const library = await import("@huggingface/tokenizers");
  let tokenizer: InstanceType<typeof library.Tokenizer>;
  let vocabSize = 0;
  try {
    tokenizer = new library.Tokenizer(definition, config);
    tokenizer.encode("a");
    for (const id of tokenizer.get_vocab(true).values()) vocabSize = Math.max(vocabSize, id + 1);
  } catch (cause) {
    const [problem] = (cause as Error).message.split("\n");
    throw new InputError(`Cannot use the tokenizer "${path}": ${problem}`, {
      remedy: "replace it with the tokenizer.json of the original model",
      cause,
    });
  }
  const idOf = (token: unknown) => tokenizer.token_to_id(contentOf(token)) ?? null;
  const bosId = idOf(config.bos_token);
  const added = [...tokenizer.get_added_tokens_decoder().values()];
  return {
    vocabSize,
    bosTokenId: bosId,
    eosTokenId: idOf(config.eos_token),
    tokenizer: {
      specialIds: new Set(added.filter((token) => token.special).map((token) => token.id)),
      encode(text, { addSpecialTokens = true } = {}) {
        const { ids } = tokenizer.encode(text, { add_special_tokens: addSpecialTokens });
        if (!addSpecialTokens || bosId === null) return ids;
        // Where tokenizer.json has no template for it, tokenizer_config.json alone asks for it.
        if (config.add_bos_token === true && ids[0] !== bosId) ids.unshift(bosId);
        const isOwn = !text.startsWith(contentOf(config.bos_token));
        if (config.add_bos_token === false && ids[0] === bosId && isOwn) ids.shift();
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
    },
  };
}

/** Stands in for the tokenizer of a lone `.onnx` file: takes ids only, decodes to nothing. */
export function noTokenizer(folder: string): LoadedTokenizer {
  return {
    vocabSize: null,
    bosTokenId: null,
    eosTokenId: null,
    tokenizer: {
      specialIds: new Set(),
      encode() {
        throw missing(folder);
      },
      decode: () => "",
    },
  };
}
