/**
 * A tokenizer for models with random weights, so that they take text too: a token for each byte,
 * and a made-up word for each of the other ids.
 *
 * @module
 */

/** `tokenizer.json` and `tokenizer_config.json`, or `null` where 256 bytes do not fit. */
export function byteTokenizer(vocabSize: number): Record<string, unknown> | null {
  if (vocabSize < 256) return null;
  const vocab: Record<string, number> = {};
  byteCharacters().forEach((character, byte) => vocab[character] = byte);
  for (let id = 256; id < vocabSize; id++) vocab[`\u0120t${id}`] = id;
  return {
    "tokenizer.json": {
      version: "1.0",
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
      post_processor: null,
      decoder: { type: "ByteLevel" },
      model: { type: "BPE", vocab, merges: [] },
    },
    "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast" },
  };
}

// GPT-2's printable stand-ins for bytes (openai/gpt-2, encoder.py, bytes_to_unicode).
/** The character that stands for each byte in byte-level vocabularies. */
export function byteCharacters(): string[] {
  const characters: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    characters.push(String.fromCharCode(printable ? byte : next++));
  }
  return characters;
}
