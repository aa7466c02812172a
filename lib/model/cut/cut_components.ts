import { basename, dirname, join } from "node:path";
import { InputError } from "../../errors.ts";
import type { Model } from "../load.ts";
import { type GraphInfo, type NodeInfo, readOnnx } from "../onnx_reader.ts";
import { optimizedNodes } from "../optimized_nodes.ts";
import { commonFolder } from "../taps_weights.ts";
import { TapCollector } from "../taps_graph.ts";
import { type CutTensor, partBytes } from "./part_bytes.ts";
import { type Weight, WeightPlaces } from "./weight_places.ts";

export type { CutTensor } from "./part_bytes.ts";

/** The nodes of one component, of all layers, as a model of their own. */
export interface ComponentCut {
  /** `"q_proj"`, `"attention"`, … */
  component: string;
  /** To be loaded from `CutModel.folder`, with optimisation disabled. */
  bytes: Uint8Array<ArrayBuffer>;
  /** What it is fed: tensors of the executed graph, by the names that they have there. */
  inputs: CutTensor[];
  /** What the rest of the graph takes from it. */
  outputs: CutTensor[];
  /** How many nodes it has. */
  nodes: number;
  /** Bytes of the weights that its nodes read. */
  weightBytes: number;
  /** Operators of its nodes that hold work of another component, too. */
  fused: string[];
}

/** A model, cut. */
export interface CutModel {
  /** Components in the order in which they first run. */
  components: ComponentCut[];
  /** Those that were asked for and cannot be cut, and why. */
  refused: { component: string; reason: string }[];
  /** The folder that the data of the cuts' weights is relative to. */
  folder: string;
  /** The model by whose path the runtime finds the weights of `shown`. */
  model: Model;
  /** The whole executed graph, which hands out all inputs and outputs of the cuts. */
  shown: { bytes: Uint8Array<ArrayBuffer>; output: ReadonlyMap<string, string> };
}

/**
 * Cuts components out of the graph that the runtime executes.
 *
 * Weights stay where they are: in the model's files where the runtime left them as they were, else
 * in the file that it wrote beside the graph, which must then be kept while a cut is loaded.
 *
 * @param executedPath the optimised graph, as the runtime wrote it
 * @param wanted `"all"`, or names of components
 * @throws {InputError} if the layers lie inside a branch
 */
export function cutComponents(
  model: Model,
  executedPath: string,
  wanted: readonly string[] | "all",
): CutModel {
  const onnx = readOnnx(executedPath);
  const { graph } = onnx;
  const { scopes: [scope, ...branches] } = new TapCollector(onnx);
  if (scope === undefined || branches.length > 0) {
    throw new InputError(
      `Cannot cut "${model.onnxPath}": its layers lie inside the branches of an If`,
      { remedy: "export the decoder with one graph (without a merged decoder)" },
    );
  }
  const places = optimizedNodes(model.onnxPath, executedPath);
  const groups = new Map<string, number[]>();
  graph.nodes.forEach((_, at) => {
    const { component } = places[at]!.place;
    const group = groups.get(component);
    if (group === undefined) groups.set(component, [at]);
    else group.push(at);
  });

  const weights = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const original = new WeightPlaces(model.onnxPath);
  const placeOf = (weight: Weight) => original.find(weight) ?? weight.range;
  const files = Array.from(new WeightPlaces(executedPath).large(), placeOf)
    .flatMap((range) => range?.path ?? []);
  const folder = commonFolder([Deno.realPathSync(model.onnxPath), ...new Set(files)]);

  const borders = bordersOf(graph);
  const components: ComponentCut[] = [];
  const refused: CutModel["refused"] = wanted === "all" ? [] : wanted
    .filter((component) => !groups.has(component))
    .map((component) => ({ component, reason: "no operation of the executed graph is its own" }));
  const typed = (name: string): CutTensor | null => {
    const dataType = scope.types.get(name);
    return dataType === undefined ? null : { name, dataType };
  };
  for (const [component, group] of groups) {
    if (wanted !== "all" && !wanted.includes(component)) continue;
    const { reads, inputs, outputs } = borders(group, weights);
    const names = { inputs: inputs.map(typed), outputs: outputs.map(typed) };
    const nodes = group.map((at) => graph.nodes[at]!);
    const reason = component === "partition"
      ? "the provider runs many components as one"
      : outputs.length === 0
      ? "nothing leaves it"
      : [...names.inputs, ...names.outputs].includes(null)
      ? "the element type of a tensor at its border is not known"
      : null;
    if (reason !== null) {
      refused.push({ component, reason });
      continue;
    }
    const part = {
      nodes: new Set(group),
      inputs: names.inputs.filter((tensor) => tensor !== null),
      outputs: names.outputs.filter((tensor) => tensor !== null),
      copies: [],
      weights: reads,
    };
    components.push({
      component,
      bytes: partBytes(executedPath, part, folder, placeOf),
      inputs: part.inputs,
      outputs: part.outputs,
      nodes: nodes.length,
      weightBytes: [...reads].reduce((sum, name) => sum + weights.get(name)!.byteLength, 0),
      fused: [...new Set(nodes.filter(holdsMore).map(({ opType }) => opType))],
    });
  }

  const borderTensors = new Map(
    components.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])
      .map((tensor) => [tensor.name, tensor]),
  );
  const copies = [...borderTensors.values()].map(({ name, dataType }, at) => ({
    name: `cut/${at}`,
    dataType,
    of: name,
  }));
  return {
    components,
    refused,
    folder,
    model: Deno.realPathSync(dirname(model.onnxPath)) === folder
      ? model // what sessions have found out about it stays known
      : { ...model, onnxPath: join(folder, basename(model.onnxPath)) },
    shown: {
      bytes: partBytes(
        executedPath,
        {
          nodes: new Set(graph.nodes.keys()),
          inputs: null,
          outputs: null,
          copies,
          weights: new Set(weights.keys()),
        },
        folder,
        placeOf,
      ),
      output: new Map(copies.map(({ of, name }) => [of, name])),
    },
  };
}

/** What crosses the border of a group of nodes. */
interface Border {
  /** Weights that it reads. */
  reads: Set<string>;
  inputs: string[];
  outputs: string[];
}

function bordersOf(graph: GraphInfo) {
  const readers = new Map<string, number[]>();
  graph.nodes.forEach((node, at) => {
    for (const input of inputsOf(node)) {
      const known = readers.get(input);
      if (known === undefined) readers.set(input, [at]);
      else known.push(at);
    }
  });
  const handedOut = new Set(graph.outputs.map(({ name }) => name));
  return (group: readonly number[], weights: ReadonlyMap<string, unknown>): Border => {
    const inside = new Set(group);
    const nodes = group.map((at) => graph.nodes[at]!);
    const produced = nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== "");
    const own = new Set(produced);
    const read = [...new Set(nodes.flatMap(inputsOf))].filter((name) => !own.has(name));
    return {
      reads: new Set(read.filter((name) => weights.has(name))),
      inputs: read.filter((name) => !weights.has(name)),
      outputs: produced.filter((name) =>
        handedOut.has(name) || (readers.get(name) ?? []).some((at) => !inside.has(at))
      ),
    };
  };
}

/** What a node reads, and what the bodies of its branches read from around it. */
function inputsOf({ inputs, subgraphs }: NodeInfo): string[] {
  const outer = subgraphs.flatMap(({ nodes, initializers, inputs, outputs }) => {
    const own = new Set([
      ...initializers.map(({ name }) => name),
      ...inputs.map(({ name }) => name),
      ...nodes.flatMap((node) => node.outputs),
    ]);
    return [...nodes.flatMap(inputsOf), ...outputs.map(({ name }) => name)]
      .filter((name) => !own.has(name));
  });
  return [...new Set([...inputs, ...outer])].filter((name) => name !== "");
}

/** Operators that ONNX Runtime makes of the work of several components (ContribOperators.md). */
const SEVERAL =
  /^(Attention|Skip(Simplified)?LayerNormalization|BiasGelu|EmbedLayerNormalization|Q?MoE|MatMulNBits(Qkv|Mlp).*)$/;

function holdsMore(node: NodeInfo): boolean {
  if (node.opType === "Attention") return node.ints.has("num_heads");
  const addsBias = /^(FastGelu|QuickGelu)$/.test(node.opType) && (node.inputs[1] ?? "") !== "";
  return addsBias || SEVERAL.test(node.opType);
}

/**
 * Whether the executed graph has large weights that the model's files do not hold, such as folded
 * ones: then what the runtime wrote beside it is needed, too.
 */
export function hasOwnWeights(model: Model, executedPath: string): boolean {
  const original = new WeightPlaces(model.onnxPath);
  return new WeightPlaces(executedPath).large().some((weight) => original.find(weight) === null);
}
