/**
 * The part of a layer after attention: a gated or plain MLP, and its activations.
 *
 * @module
 */
import { type DecoderBuilder, nodeScope } from "./decoder_builder.ts";
import type { Activation } from "./decoder_shape.ts";
import { experts } from "./experts.ts";

/** The feed-forward part of the layer at `layerScope`. */
export function feedForward(b: DecoderBuilder, input: string, layerScope: string): string {
  const { names, hiddenSize, feedForward: shape } = b.shape;
  const scope = `${layerScope}.${names.mlp}`;
  if (shape.kind === "experts") return experts(b, input, scope, shape);
  const at = nodeScope(scope);
  const { size, bias } = shape;
  const activated = (x: string) => activate(b, x, `${at}/${names.activation}`, shape.activation);
  const outer = (x: string) =>
    b.linear(x, `${scope}.${names.outer}`, { from: size, to: hiddenSize, bias });
  switch (shape.kind) {
    case "plain": {
      const inner = b.linear(input, `${scope}.${names.inner}`, {
        from: hiddenSize,
        to: size,
        bias,
      });
      return outer(activated(inner));
    }
    case "gated": {
      const into = { from: hiddenSize, to: size, bias };
      const gate = activated(b.linear(input, `${scope}.gate_proj`, into));
      const up = b.linear(input, `${scope}.up_proj`, into);
      return outer(b.node("Mul", `${at}/Mul`, [gate, up]));
    }
    case "fused": {
      const both = b.linear(input, `${scope}.${names.inner}`, {
        from: hiddenSize,
        to: 2 * size,
        bias,
      });
      const halves = b.int64(`/${names.base}/gate_up_sizes`, [size, size]);
      const [gate, up] = b.nodes("Split", `${at}/Split`, 2, [both, halves], 2) as [string, string];
      return outer(b.node("Mul", `${at}/Mul`, [up, activated(gate)]));
    }
  }
}

/** An activation as the exporter spells it, which ONNX Runtime fuses where it knows the spelling. */
export function activate(b: DecoderBuilder, x: string, at: string, kind: Activation): string {
  const number = (value: number) => b.number(`/${b.shape.names.base}/number_${value}`, value);
  switch (kind) {
    case "relu":
      return b.node("Relu", `${at}/Relu`, [x]);
    case "silu":
      return b.node("Mul", `${at}/Mul`, [x, b.node("Sigmoid", `${at}/Sigmoid`, [x])]);
    case "gelu": {
      const part = b.node("Div", `${at}/Div`, [x, number(Math.SQRT2)]);
      const raised = b.node("Add", `${at}/Add`, [b.node("Erf", `${at}/Erf`, [part]), number(1)]);
      return b.node("Mul", `${at}/Mul_1`, [b.node("Mul", `${at}/Mul`, [x, raised]), number(0.5)]);
    }
    case "gelu_tanh": { // x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
      const half = b.node("Mul", `${at}/Mul`, [x, number(0.5)]);
      const cube = b.node("Pow", `${at}/Pow`, [x, number(3)]);
      const bent = b.node("Mul", `${at}/Mul_1`, [cube, number(0.044715)]);
      const sum = b.node("Add", `${at}/Add`, [x, bent]);
      const scaled = b.node("Mul", `${at}/Mul_2`, [sum, number(Math.sqrt(2 / Math.PI))]);
      const tanh = b.node("Tanh", `${at}/Tanh`, [scaled]);
      return b.node("Mul", `${at}/Mul_3`, [half, b.node("Add", `${at}/Add_1`, [tanh, number(1)])]);
    }
  }
}
