/**
 * Which component a node belongs to, told from the modules in a name: of the node, of a weight, of
 * a tensor, or of the scopes that exporters keep in the metadata.
 *
 * @module
 */
import { componentInLayer, componentOutside, modulesIn } from "./module_names.ts";
import type { ComponentPlace } from "./place.ts";

/** What a name tells; `component` is `null` where it names a level (`/model/layers.3/Add`) only. */
export interface NamedPlace {
  layer: number | null;
  component: string | null;
}

const LAYER_LISTS = new Set(["layers", "h", "blocks", "block", "layer"]);
// Past their own names, exporters and quantisers add what they made of a node.
const ADDED = /(?:\/[A-Za-z0-9]+Fusion\/)+$|_token_\d+$/;
const UNDERSCORED = /(?:^|_)(?:layers|blocks|h)_(\d+)_(.+)$/;

/**
 * The place that a name tells: of a node (`/model/layers.0/self_attn/q_proj/MatMul`) or of a weight
 * (`model.layers.0.self_attn.q_proj.weight`); `null` where it names no known module.
 */
export function placeByName(name: string): ComponentPlace | null {
  const named = namedPlace(name);
  if (named === null) return null;
  const { layer, component } = named;
  if (component !== null) return { layer, component };
  if (layer === null) return { layer, component: "mask_positions" };
  return { layer, component: /^Add(_\d+)?$/.test(leafOf(name)) ? "residual" : "other" };
}

/** Like {@link placeByName}, without guessing at what stands between modules. */
export function namedPlace(name: string): NamedPlace | null {
  const parts = partsOf(name);
  const list = parts.findIndex((part, i) =>
    LAYER_LISTS.has(part) && /^\d+$/.test(parts[i + 1] ?? "")
  );
  if (list === -1) {
    const joined = name.match(UNDERSCORED);
    if (joined !== null && !/[./]/.test(name)) {
      const component = componentInLayer(modulesIn(joined[2]!), "");
      return component === null ? null : { layer: Number(joined[1]), component };
    }
    const modules = parts.slice(0, -1);
    const component = componentOutside(modules);
    if (component !== null) return { layer: null, component };
    return modules.length > 0 && !name.includes("::") ? { layer: null, component: null } : null;
  }
  const layer = Number(parts[list + 1]);
  const modules = parts.slice(list + 2, -1);
  // onnxruntime-genai numbers the final norm as a layer one past the end.
  if (modules.includes("final_norm_layernorm")) return { layer: null, component: "final_norm" };
  return { layer, component: componentInLayer(modules, parts.at(-1) ?? "") };
}

/**
 * The place that the metadata of an exporter tells. torch writes each scope with those around it
 * (`['', 'model', 'model.layers.0', …]`, or `model.layers.0: LlamaDecoderLayer/…`), onnxscript's
 * builder each scope alone.
 */
export function placeByScopes(scopes: string): NamedPlace | null {
  const listed = [...scopes.matchAll(/'([^']*)'|"([^"]*)"/g)].map((m) => m[1] ?? m[2] ?? "");
  const names = listed.length > 0
    ? listed
    : scopes.split("/").map((scope) => scope.replace(/:.*$/s, "").trim());
  let path = "";
  for (const name of names) {
    path = name === path || name.startsWith(`${path}.`) || path === "" ? name : `${path}.${name}`;
  }
  return path === "" ? null : namedPlace(`${path}./`);
}

/** The name of an operation among its module's, such as `Add_1`. */
function leafOf(name: string): string {
  return partsOf(name).at(-1) ?? "";
}

function partsOf(name: string): string[] {
  // A weight's own path may follow a colon or brackets, as in `onnx::` (which tells nothing).
  const plain = name.replace(ADDED, "");
  const parts = plain.split(/[./\\[\]]/);
  return plain.endsWith("./") ? [...parts.filter(Boolean), ""] : parts.filter(Boolean);
}
