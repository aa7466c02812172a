import assert from "node:assert/strict";
import { decoderShape } from "../../../lib/model/build/families.ts";
import type { DecoderConfig } from "../../../lib/model/mod.ts";

function decoder(
  model_type: string,
  vocab_size: number,
  hidden_size: number,
  intermediate_size: number,
  num_hidden_layers: number,
  [num_attention_heads, num_key_value_heads]: [number, number],
  more: DecoderConfig = {},
): DecoderConfig {
  return {
    model_type,
    vocab_size,
    hidden_size,
    intermediate_size,
    num_hidden_layers,
    num_attention_heads,
    num_key_value_heads,
    ...more,
  };
}

Deno.test("decoderShape() gives Qwen no window that it does not use", () => {
  const config = decoder("qwen2", 40, 24, 20, 3, [4, 2], { sliding_window: 4 });
  const windows = (more: DecoderConfig) => decoderShape({ ...config, ...more }).attention.windows;
  assert.deepEqual(windows({}), [null, null, null]);
  assert.deepEqual(windows({ use_sliding_window: true }), [null, null, null], "from layer 28 on");
  assert.deepEqual(windows({ use_sliding_window: true, max_window_layers: 1 }), [null, 4, 4]);
  assert.deepEqual(windows({ use_sliding_window: true, max_window_layers: 0 }), [4, 4, 4]);
});

Deno.test("decoderShape() lets Gemma 2 look back 4,096 tokens in every other layer", () => {
  const config = decoder("gemma2", 40, 24, 20, 3, [4, 2]);
  assert.deepEqual(decoderShape(config).attention.windows, [4096, null, 4096]);
  assert.equal(decoderShape(config).attention.softCap, 50);
});

Deno.test("decoderShape() lets a Llama look back without end, whatever stands in its config", () => {
  const config = decoder("llama", 40, 24, 20, 2, [4, 2], { sliding_window: 4 });
  assert.deepEqual(decoderShape(config).attention.windows, [null, null]);
});
