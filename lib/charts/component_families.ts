/**
 * Components by what they do: the names of lib/record are too many for colours of their own.
 *
 * @module
 */

/** What a component does in a transformer, or what else took its time. */
export type ComponentFamily =
  | "projection"
  | "attention"
  | "mlp"
  | "experts"
  | "norm"
  | "vocabulary"
  | "residual"
  | "runtime"
  | "other";

/** Every family, in the order in which charts show them. */
export const FAMILIES: readonly ComponentFamily[] = [
  "projection",
  "attention",
  "mlp",
  "experts",
  "norm",
  "vocabulary",
  "residual",
  "runtime",
  "other",
];

const NAMES: Record<ComponentFamily, string> = {
  projection: "attention projections",
  attention: "attention",
  mlp: "MLP",
  experts: "experts",
  norm: "norms",
  vocabulary: "embedding and head",
  residual: "residual and masks",
  runtime: "runtime and sampling",
  other: "not placed",
};

const MEMBERS: Readonly<Record<string, ComponentFamily>> = {
  attention: "attention",
  activation: "mlp",
  fc1: "mlp",
  fc2: "mlp",
  gate_proj: "mlp",
  up_proj: "mlp",
  down_proj: "mlp",
  gate_up_proj: "mlp",
  experts: "experts",
  router: "experts",
  embed_tokens: "vocabulary",
  lm_head: "vocabulary",
  residual: "residual",
  mask_positions: "residual",
  framework: "runtime",
  sampling: "runtime",
  gaps: "runtime",
};

/** The family of a component; `"other"` for a name that is not known, `other` and `partition`. */
export function familyOf(component: string): ComponentFamily {
  if (Object.hasOwn(MEMBERS, component)) return MEMBERS[component]!;
  if (/^(q|k|v|qkv|kv|o)_proj$/.test(component)) return "projection";
  return /norm$/.test(component) ? "norm" : "other";
}

/** A family as people read it. */
export function familyName(family: ComponentFamily): string {
  return NAMES[family];
}
