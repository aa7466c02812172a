/**
 * From what a user wrote to the folder and the ONNX file that are meant.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import { buildCheckpoint, checkpointFile } from "./checkpoint.ts";
import { readConfig } from "./config.ts";
import { statOrNull, unreadable } from "./files.ts";

/** Where a model is. `isFolder` is false where the user named one `.onnx` file. */
export interface ModelLocation {
  folder: string;
  onnxPath: string;
  isFolder: boolean;
}

/** Finds a model by path, or by the name of one that ships; builds it where only weights are there. */
export async function locateModel(
  pathOrId: string,
  precision: string | undefined,
): Promise<ModelLocation> {
  const path = existing(pathOrId);
  if (path === null) throw notFound(pathOrId);
  if (statOrNull(path)?.isFile) {
    if (!/\.(onnx|ort)$/.test(path)) {
      throw new InputError(`Cannot load the model "${pathOrId}": the file is not named .onnx`, {
        remedy:
          "pass an .onnx file or the folder that holds it with config.json and tokenizer.json",
      });
    }
    return { folder: dirname(path), onnxPath: path, isFolder: false };
  }
  return { folder: path, onnxPath: await chooseOnnx(path, precision), isFolder: true };
}

// The shipped models are found from anywhere: a task's or notebook's working folder varies.
function existing(pathOrId: string): string | null {
  const path = resolve(pathOrId);
  if (statOrNull(path) !== null) return path;
  const root = packageRoot();
  if (root === null || !/^(models\/)?[\w.-]+\/?$/.test(pathOrId)) return null;
  const shipped = join(root, "models", basename(pathOrId));
  return statOrNull(shipped) === null ? null : shipped;
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
    const wanted = precision ?? "fp32";
    if (wanted !== "fp32" && wanted !== "fp16") {
      throw new InputError(`Cannot build "${folder}" at precision "${precision}"`, {
        remedy: 'use "fp32" or "fp16"',
      });
    }
    return await buildCheckpoint(folder, weights, wanted);
  }
  const stems = ["model", "decoder_model_merged", "decoder_model"];
  const named = readConfig(folder)?.onnxName;
  const names = precision === undefined || precision === "fp32"
    ? [...stems.map((stem) => `${stem}.onnx`), ...(named ? [named] : [])]
    : stems.map((stem) => `${stem}_${precision}.onnx`);
  for (const name of names) {
    const match = found.find((path) => basename(path) === name);
    if (match !== undefined) return match;
  }
  if (found.length === 1) return found[0]!;
  throw new InputError(
    `Cannot choose an .onnx file in "${folder}": found ${
      found.map((path) => basename(path)).join(", ")
    }`,
    { remedy: "pass the path of the one to load" },
  );
}

function onnxFiles(folder: string): string[] {
  if (statOrNull(folder) === null) return [];
  try {
    return [...Deno.readDirSync(folder)]
      .filter((entry) => entry.name.endsWith(".onnx") && !entry.isDirectory)
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function notFound(pathOrId: string): InputError {
  const near = [...modelFolders(dirname(resolve(pathOrId))), "models/tinytales"];
  const known = [...new Set(near)].slice(0, 5).map((name) => `"${name}"`).join(", ");
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
