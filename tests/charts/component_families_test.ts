import { strictEqual } from "node:assert/strict";
import { FAMILIES, familyName, familyOf } from "../../lib/charts/component_families.ts";
import { componentInLayer, componentOutside } from "../../lib/model/detect/module_names.ts";

Deno.test("familyOf() knows every component that models and runs name", () => {
  const layer = ["q_a_proj", "kv_b_proj", "c_attn", "o_proj", "w1", "w2", "w3", "gate_up_proj"]
    .concat(["c_fc", "fc2", "act_fn", "ln_1", "ln_2", "pre_mlp_layernorm", "q_ln", "router"])
    .map((module) => componentInLayer([module], "MatMul"));
  const outside = ["wte", "ln_f", "lm_head"].map((module) => componentOutside([module]));
  const around = ["framework", "sampling", "gaps", "residual", "mask_positions", "attention"];
  for (const component of [...layer, ...outside, ...around, "experts", "kv_proj", "k_norm"]) {
    strictEqual(familyOf(component ?? "") === "other", false, `${component}`);
  }
});

Deno.test("familyOf() puts what has no place, and names made up, under other", () => {
  for (const name of ["other", "partition", "", "constructor", "<b>", "q_projection"]) {
    strictEqual(familyOf(name), "other", name);
  }
  strictEqual(familyOf("kv_proj"), "projection");
  strictEqual(familyOf("lm_head"), "vocabulary");
});

Deno.test("every family has a name of its own", () => {
  strictEqual(new Set(FAMILIES.map(familyName)).size, FAMILIES.length);
});
