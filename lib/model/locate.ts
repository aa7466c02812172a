/**
 * From what a user wrote to the folder and the ONNX file that are meant.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import { PRECISIONS } from "./build/mod.ts";
import { buildCheckpoint, checkpointFile } from "./checkpoint.ts";
import { readConfig } from "./config.ts";
import { statOrNull, unreadable } from "./files.ts";
import { hubSnapshot, isHubId } from "./hub_cache.ts";
import { chooseVariant } from "./variants.ts";

/** Where a model is. `isFolder` is false where the user named one `.onnx` file. */
export interface ModelLocation {
  folder: string;
  onnxPath: string;
  isFolder: boolean;
}

/**
 * Finds a model by path, by the name of one that ships, or by its id in the hub's cache; builds it
 * where only weights are there.
 */
export async function locateModel(
  pathOrId: string,
  precision: string | undefined,
): Promise<ModelLocation> {
  const path = existing(pathOrId);
  if (path === null) throw notFound(pathOrId);
  if (statOrNull(path)?.isDirectory) {
    return { folder: path, onnxPath: await chooseOnnx(path, precision), isFolder: true };
  }
  if (!/\.(onnx|ort)$/.test(path)) {
    throw new InputError(`Cannot load the model "${pathOrId}": the file is not named .onnx`, {
      remedy: "pass an .onnx file or the folder that holds it with config.json and tokenizer.json",
    });
  }
  if (!statOrNull(path)?.isFile) {
    throw new InputError(`Cannot load the model "${pathOrId}": it is not a plain file`, {
      remedy: "pass an .onnx file or a model's folder",
    });
  }
  return { folder: homeOf(path), onnxPath: path, isFolder: false };
}

// Exporters put variants into onnx/ and leave what describes the model one folder up.
function homeOf(onnxPath: string): string {
  const folder = dirname(onnxPath);
  const parent = dirname(folder);
  const describes = (place: string) =>
    ["config.json", "genai_config.json"].some((name) => statOrNull(join(place, name)) !== null);
  const isVariant = basename(folder) === "onnx" && !describes(folder) && describes(parent);
  return isVariant ? parent : folder;
}

// The shipped models are found from anywhere: a task's or notebook's working folder varies.
function existing(pathOrId: string): string | null {
  const path = resolve(pathOrId);
  if (statOrNull(path) !== null) return path;
  const root = packageRoot();
  if (root !== null && /^(models\/)?[\w.-]+\/?$/.test(pathOrId)) {
    const shipped = join(root, "models", basename(pathOrId));
    if (statOrNull(shipped) !== null) return shipped;
  }
  return hubSnapshot(pathOrId);
}

function packageRoot(): string | null {
  const url = new URL("../../", import.meta.url);
  return url.protocol === "file:" ? fileURLToPath(url) : null;
}

async function chooseOnnx(folder: string, precision: string | undefined): Promise<string> {
  const found = [...onnxFiles(folder), ...onnxFiles(join(folder, "onnx"))];
  const weights = checkpointFile(folder);
  if (found.length === 0) {
    if (weights === null) {
      throw new InputError(`Cannot load the model "${folder}": it holds no .onnx file`, {
        remedy: "pass a folder with model.onnx, or with config.json and model.safetensors",
      });
    }
    const wanted = PRECISIONS.find((one) => one === (precision ?? "fp32"));
    if (wanted === undefined) {
      throw new InputError(`Cannot build "${folder}" at precision "${precision}"`, {
        remedy: `use ${PRECISIONS.join(", ")}, or build a variant with deno task build-model`,
      });
    }
    return await buildCheckpoint(folder, weights, wanted);
  }
  return chooseVariant(folder, found, readConfig(folder)?.onnxName ?? null, precision);
}

function onnxFiles(folder: string): string[] {
  if (statOrNull(folder) === null) return [];
  try {
    const paths = [...Deno.readDirSync(folder)]
      .filter((entry) => entry.name.endsWith(".onnx") && !entry.isDirectory)
      .map((entry) => join(folder, entry.name))
      .sort();
    const lost = paths.find((path) => statOrNull(path) === null);
    if (lost === undefined) return paths;
    throw new InputError(`Cannot load "${lost}": it is a link to a file that is not there`, {
      remedy: "download the model again",
    });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function notFound(pathOrId: string): InputError {
  const near = [...modelFolders(dirname(resolve(pathOrId))), "models/tinytales"];
  const known = [...new Set(near)].slice(0, 5).map((name) => `"${name}"`).join(", ");
  if (isHubId(pathOrId) && !pathOrId.startsWith("models/")) {
    return new InputError(
      `Cannot find the model "${pathOrId}": it is no folder here, nor in the cache of the hub`,
      { remedy: `get it with "deno task pull ${pathOrId}", or pass one that is there: ${known}` },
    );
  }
  return new InputError(`Cannot find the model "${pathOrId}": there is no such file or folder`, {
    remedy: `pass a folder or an .onnx file on this machine; these are there: ${known}`,
  });
}

function modelFolders(parent: string): string[] {
  try {
    return [...Deno.readDirSync(parent)]
      .map((entry) => join(parent, entry.name))
      .filter((path) => statOrNull(join(path, "config.json")) !== null)
      .sort();
  } catch {
    return []; // only a hint
  }
}
