/**
 * Small tokenizers of each kind that models on the market have, with the structure that their
 * `tokenizer.json` has. The ids in tokenizer_test.ts are those of Hugging Face's own library.
 */

/** The content of `tokenizer.json`, and of `tokenizer_config.json`. */
export interface TokenizerFiles {
  tokenizer: Record<string, unknown>;
  config: Record<string, unknown>;
}

const special = (id: number, content: string) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

const byteTokens = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);

const PIECES = ["▁", "l", "o", "w", "e", "r", "lo", "low", "▁low", "er", "▁w", "w", "▁low" + "er"];

function sentencePieceVocab(): Record<string, number> {
  const tokens = ["<unk>", "<s>", "</s>", ...byteTokens, ...PIECES];
  return Object.fromEntries([...new Set(tokens)].map((token, id) => [token, id]));
}

const MERGES = ["l o", "lo w", "▁ low", "e r", "▁low er", "▁ w"];

const begins = (token: string, id: number) => ({
  type: "TemplateProcessing",
  single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
  pair: [
    { SpecialToken: { id: token, type_id: 0 } },
    { Sequence: { id: "A", type_id: 0 } },
    { Sequence: { id: "B", type_id: 1 } },
  ],
  special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
});

/** Llama 2 and Mistral: a space is put before the text, unknown characters become bytes. */
export function llamaTokenizer(): TokenizerFiles {
  return {
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [special(0, "<unk>"), special(1, "<s>"), special(2, "</s>")],
      normalizer: {
        type: "Sequence",
        normalizers: [
          { type: "Prepend", prepend: "▁" },
          { type: "Replace", pattern: { String: " " }, content: "▁" },
        ],
      },
      pre_tokenizer: null,
      post_processor: begins("<s>", 1),
      decoder: {
        type: "Sequence",
        decoders: [
          { type: "Replace", pattern: { String: "▁" }, content: " " },
          { type: "ByteFallback" },
          { type: "Fuse" },
          { type: "Strip", content: " ", start: 1, stop: 0 },
        ],
      },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: "<unk>",
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: true,
        byte_fallback: true,
        vocab: sentencePieceVocab(),
        merges: MERGES,
      },
    },
    config: {
      tokenizer_class: "LlamaTokenizer",
      add_bos_token: true,
      add_eos_token: false,
      bos_token: "<s>",
      eos_token: "</s>",
      unk_token: "<unk>",
    },
  };
}

/** Gemma: no space before the text, spaces are replaced in a normalizer of their own. */
export function gemmaTokenizer(): TokenizerFiles {
  const { tokenizer, config } = llamaTokenizer();
  return {
    tokenizer: {
      ...tokenizer,
      normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" },
      pre_tokenizer: {
        type: "Split",
        pattern: { String: " " },
        behavior: "MergedWithPrevious",
        invert: false,
      },
      decoder: {
        type: "Sequence",
        decoders: [
          { type: "Replace", pattern: { String: "▁" }, content: " " },
          { type: "ByteFallback" },
          { type: "Fuse" },
        ],
      },
    },
    config: { ...config, tokenizer_class: "GemmaTokenizer" },
  };
}

/** Newer Mistral and Phi-3.5: the space is put before the first word by a pre-tokenizer. */
export function metaspaceTokenizer(): TokenizerFiles {
  const { tokenizer, config } = llamaTokenizer();
  return {
    tokenizer: {
      ...tokenizer,
      normalizer: null,
      pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: false },
    },
    config: { ...config, add_prefix_space: null },
  };
}

/** T5 and ALBERT: pieces with probabilities, the end token after the text. */
export function unigramTokenizer(): TokenizerFiles {
  const vocab: [string, number][] = [
    ["<pad>", 0],
    ["</s>", 0],
    ["<unk>", 0],
    ["▁low", -2],
    ["▁lo", -3],
    ["w", -3.5],
    ["er", -2.5],
    ["▁", -4],
    ["l", -5],
    ["o", -5],
    ["e", -5],
    ["r", -5],
    ["▁w", -3],
  ];
  return {
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [special(0, "<pad>"), special(1, "</s>"), special(2, "<unk>")],
      normalizer: { type: "NFKC" },
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          { type: "WhitespaceSplit" },
          { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
        ],
      },
      post_processor: {
        type: "TemplateProcessing",
        single: [{ Sequence: { id: "A", type_id: 0 } }, {
          SpecialToken: { id: "</s>", type_id: 0 },
        }],
        pair: [
          { Sequence: { id: "A", type_id: 0 } },
          { Sequence: { id: "B", type_id: 0 } },
        ],
        special_tokens: { "</s>": { id: "</s>", ids: [1], tokens: ["</s>"] } },
      },
      decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
      model: { type: "Unigram", unk_id: 2, vocab, byte_fallback: false },
    },
    config: { tokenizer_class: "T5Tokenizer", eos_token: "</s>", pad_token: "<pad>" },
  };
}

/** BERT: whole words in lower case, their parts marked by ##. */
export function wordPieceTokenizer(): TokenizerFiles {
  const tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "low", "##er", "##est", "w", "##w", ",", "!"];
  return {
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map((token, id) => special(id, token)),
      normalizer: {
        type: "BertNormalizer",
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: "BertPreTokenizer" },
      post_processor: {
        type: "TemplateProcessing",
        single: [
          { SpecialToken: { id: "[CLS]", type_id: 0 } },
          { Sequence: { id: "A", type_id: 0 } },
          { SpecialToken: { id: "[SEP]", type_id: 0 } },
        ],
        pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
        special_tokens: {
          "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
          "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
        },
      },
      decoder: { type: "WordPiece", prefix: "##", cleanup: true },
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      },
    },
    config: { tokenizer_class: "BertTokenizer" },
  };
}

/** GPT-2 and Qwen: bytes as characters, and tokens that were added after training. */
export function byteLevelTokenizer(): TokenizerFiles {
  const characters: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    characters.push(String.fromCharCode(printable ? byte : next++));
  }
  const tokens = [...characters, "lo", "low", "Ġlow", "er", "Ġw"];
  return {
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [
        special(261, "<|endoftext|>"),
        special(262, "<|im_start|>"),
        special(263, "<|im_end|>"),
        { ...special(264, "<tool_call>"), special: false },
      ],
      normalizer: { type: "NFC" },
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          {
            type: "Split",
            pattern: {
              Regex: "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|" +
                " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            },
            behavior: "Isolated",
            invert: false,
          },
          { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
        ],
      },
      post_processor: {
        type: "ByteLevel",
        add_prefix_space: false,
        trim_offsets: false,
        use_regex: false,
      },
      decoder: {
        type: "ByteLevel",
        add_prefix_space: false,
        trim_offsets: false,
        use_regex: false,
      },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: "",
        end_of_word_suffix: "",
        fuse_unk: false,
        byte_fallback: false,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: ["l o", "lo w", "Ġ low", "e r", "Ġ w"],
      },
    },
    config: {
      tokenizer_class: "Qwen2Tokenizer",
      add_bos_token: false,
      bos_token: null,
      eos_token: "<|im_end|>",
    },
  };
}
