import assert from "node:assert/strict";
import { activationNotes } from "../../../lib/profile/activations/notes.ts";

const site = (layer: number | null, component: string, reason: string | null) => ({
  layer,
  component,
  tensor: reason === null ? "x" : null,
  output: reason === null ? "tap/0" : null,
  reason,
});

const columns = (sites: ReturnType<typeof site>[], nonFinite: number[]) => {
  const none = new Float32Array(nonFinite.length);
  return {
    sites,
    tokens: nonFinite.length / sites.length,
    meanAbs: none,
    std: none,
    maxAbs: none,
    sparsity: none,
    nonFinite: Float32Array.from(nonFinite),
    sparsityBelow: 1e-4,
  };
};

Deno.test("activationNotes() gathers layers with the same reason", () => {
  const sites = [0, 1, 2, 4].map((layer) => site(layer, "qkv_proj", layer < 4 ? "fused" : "odd"));
  assert.deepEqual(activationNotes(columns(sites, [NaN, NaN, NaN, NaN]), null), [
    "Activations of qkv_proj are not available: fused (layers 0 to 2)",
    "Activations of qkv_proj are not available: odd (layer 4)",
  ]);
});

Deno.test("activationNotes() counts values that are no numbers over all tokens", () => {
  const sites = [site(3, "fc2", null), site(null, "lm_head", null)];
  assert.deepEqual(activationNotes(columns(sites, [2, 0, 1, 0]), null), [
    "Of what layer 3's fc2 put out, 3 values are NaN or infinite and are left out",
  ]);
});
