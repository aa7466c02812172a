/**
 * What of a repository is needed to run its model here.
 *
 * @module
 */
import { posix } from "node:path";
import { InputError } from "../../errors.ts";
import { allGraphs } from "../architecture.ts";
import { readOnnx } from "../onnx_reader.ts";
import { chooseVariant, precisionMeant } from "../variants.ts";
import { HubFailure } from "./failure.ts";
import type { RepoFile, Repository } from "./repository.ts";

// Paths in a repository have slashes on every system.
const { basename, dirname, join } = posix;

/** What the user asks for. */
export interface Wanted {
  /** A precision (`"int4"`) or a variant's name (`"q4f16"`). */
  precision?: string;
  /** Glob (`*`, `**`, `?`) of the weights to take; without a slash it is matched against names alone. */
  pattern?: string;
}

/** The file that the weights begin with, and those that lie beside it by their names. */
export interface Weights {
  kind: "onnx" | "safetensors";
  main: RepoFile;
  /** For a graph a guess, from names; the graph itself tells when it is there. */
  beside: RepoFile[];
  /** Other graphs that could have been taken. */
  others: RepoFile[];
}

// What Tokenwatt reads of a model beside its weights.
const DESCRIBE = [
  "config.json",
  "genai_config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "chat_template.jinja",
  "chat_template.json",
];

/** The files that describe the model whose weights lie in `folder`: from there up to the root. */
export function describingFiles({ id, files }: Repository, folder: string): RepoFile[] {
  const folders = ["."];
  for (let place = folder; place !== "."; place = dirname(place)) folders.push(place);
  const found = files.filter(({ path }) =>
    folders.includes(dirname(path)) && DESCRIBE.includes(basename(path))
  );
  const vast = found.find(({ bytes }) => bytes > MOST_DESCRIBING_BYTES);
  if (vast === undefined) return found;
  throw new HubFailure(
    `Cannot get "${id}": its ${vast.path} is said to have ${vast.bytes} bytes, as no such file has`,
  );
}

/** The largest `tokenizer.json` known has 35 MB. */
const MOST_DESCRIBING_BYTES = 256 * 2 ** 20;

/**
 * Chooses the weights as `loadModel` will.
 *
 * @param named the graph that the model's own configuration names
 */
export function chooseWeights(
  repository: Repository,
  { precision, pattern }: Wanted,
  named: string | null,
): Weights {
  const { id, files } = repository;
  const isMeant = ({ path }: RepoFile) => pattern === undefined || matches(path, pattern);
  const graphs = files.filter(({ path }) => path.endsWith(".onnx")).filter(isMeant);
  const near = pattern === undefined
    ? graphs.filter(({ path }) => [".", "onnx"].includes(dirname(path)))
    : graphs;
  if (near.length === 0) {
    const checkpoint = pattern === undefined ? null : checkpointIn(files, files.filter(isMeant));
    if (checkpoint === null) throw noGraph(repository, graphs, pattern);
    return checkpoint;
  }
  const main = chosen(id, near, named, precision);
  const others = near.filter((file) => file !== main);
  const beside = files.filter(({ path }) => path !== main.path && path.startsWith(main.path));
  return { kind: "onnx", main, beside, others };
}

// In the order in which they are looked for in a folder.
const CHECKPOINTS = ["model.safetensors", "model.safetensors.index.json"];

/** The whole checkpoint that one of the `meant` files belongs to. */
function checkpointIn(files: readonly RepoFile[], meant: readonly RepoFile[]): Weights | null {
  const one = meant.find(({ path }) => /\.safetensors(\.index\.json)?$/.test(path));
  if (one === undefined) return null;
  const near = files.filter(({ path }) => dirname(path) === dirname(one.path));
  const main = CHECKPOINTS.map((name) => near.find(({ path }) => basename(path) === name))
    .find((file) => file !== undefined);
  if (main === undefined) return null;
  const shards = near.filter(({ path }) => /^model-.*\.safetensors$/.test(basename(path)));
  const beside = main.path.endsWith(".json") ? shards : [];
  return { kind: "safetensors", main, beside, others: [] };
}

// `path.matchesGlob` reads an environment variable, for which Deno would want a permission.
function matches(path: string, pattern: string): boolean {
  const parts = pattern.split(/(\*\*\/|\*+|\?)/).map((part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "?") return "[^/]";
    return /^\*+$/.test(part) ? part.length > 1 ? ".*" : "[^/]*" : RegExp.escape(part);
  });
  const text = pattern.includes("/") ? path : basename(path);
  return new RegExp(`^${parts.join("")}$`).test(text);
}

function chosen(
  id: string,
  graphs: readonly RepoFile[],
  named: string | null,
  precision: string | undefined,
): RepoFile {
  const paths = graphs.map(({ path }) => path);
  let path: string;
  try {
    path = chooseVariant(id, paths, named, precision);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`Cannot choose among the .onnx files of "${id}": ${listed(graphs)}`, {
      remedy: "pass --precision, or --file with the path of one that generates text",
    });
  }
  const main = graphs.find((file) => file.path === path)!;
  if (precision === undefined || saysPrecision(path, precision)) return main;
  throw new InputError(`Cannot find "${id}" at ${precision}: it holds ${listed(graphs)}`, {
    remedy: "pass another --precision, or --file with the path of the one to take",
  });
}

// A plain name means fp32 to exporters; any other precision stands in the name or its folder's.
function saysPrecision(path: string, precision: string): boolean {
  const words = path.toLowerCase().split(/[^a-z0-9]+/);
  const meant = words.map(precisionMeant);
  if (words.includes(precision) || meant.includes(precisionMeant(precision))) return true;
  return precision === "fp32" && !meant.some((word) => /^(fp16|bf16|int8|int4)$/.test(word));
}

/** Files with their sizes, for people. */
export function listed(files: readonly RepoFile[]): string {
  const shown = files.slice(0, 12).map(({ path, bytes }) => `${path} (${megabytes(bytes)})`);
  const more = files.length > shown.length ? ` and ${files.length - shown.length} more` : "";
  return shown.join(", ") + more;
}

function megabytes(bytes: number): string {
  return bytes < 1e9
    ? `${Math.max(0.1, bytes / 1e6).toFixed(1)} MB`
    : `${(bytes / 1e9).toFixed(1)} GB`;
}

function noGraph(
  { id, files }: Repository,
  graphs: readonly RepoFile[],
  pattern: string | undefined,
): InputError {
  const elsewhere = graphs.length > 0 ? graphs : files.filter(({ path }) => path.endsWith(".onnx"));
  if (elsewhere.length > 0) {
    const problem = pattern === undefined
      ? `Cannot choose for "${id}", which has .onnx files in several folders`
      : `Cannot find weights of "${id}" that match "${pattern}"; its .onnx files are`;
    const [first] = elsewhere;
    return new InputError(`${problem}: ${listed(elsewhere)}`, {
      remedy: `choose one, as with --file "${dirname(first!.path)}/*"`,
    });
  }
  const weights = files.filter(({ path }) => /\.(safetensors|bin|gguf|pt|pth|h5)$/.test(path));
  const there = weights.length > 0 ? weights : files;
  const tensors = weights.some(({ path }) => path.endsWith(".safetensors"))
    ? '; or take its weights with --file "*.safetensors", where "deno task build-model --help" ' +
      "names its family"
    : "";
  return new InputError(
    `Cannot find an .onnx file in "${id}": it holds ${listed(there) || "no file"}`,
    {
      remedy: `export it once with Python: optimum-cli export onnx --model ${id} ` +
        `--task text-generation-with-past FOLDER, and profile FOLDER${tensors}`,
    },
  );
}

/** The files where the graph at `path` keeps its weights; `InputError` where one is lacking. */
export function externalFiles(
  { id, files }: Repository,
  graph: RepoFile,
  path: string,
): RepoFile[] {
  const locations = allGraphs(readOnnx(path).graph).flatMap(({ initializers }) => initializers)
    .flatMap(({ external }) => external === null ? [] : [external.location]);
  return [...new Set(locations)].map((location) => {
    const path = join(dirname(graph.path), location);
    const file = files.find((one) => one.path === path);
    if (file !== undefined) return file;
    throw new InputError(
      `Cannot use ${graph.path} of "${id}": it keeps weights in "${location}", which is not there`,
      { remedy: "choose another file with --precision or --file, or tell the model's owner" },
    );
  });
}
