/**
 * A folder that holds a checkpoint (`config.json`, `model.safetensors`) and no ONNX file: its model
 * is built when it is first loaded.
 *
 * The build goes to `.built/` in the folder or, where that cannot be written, to the user's cache,
 * or to a folder that lives as long as the process. Each build appears with one rename, so two
 * processes that build at once do no harm; who comes second keeps the first one's.
 *
 * @module
 */
import { basename, join } from "node:path";
import { InputError } from "../errors.ts";
import { BUILDER_VERSION, buildModel, type DecoderConfig, type Precision } from "./build/mod.ts";
import { readJsonObject, statOrNull } from "./files.ts";

export { checkpointFile } from "./safetensors.ts";

/** Builds the checkpoint in `folder` unless that has been done, and returns the ONNX file's path. */
export async function buildCheckpoint(
  folder: string,
  weights: string,
  precision: Precision,
): Promise<string> {
  const config = readJsonObject(join(folder, "config.json")) as DecoderConfig;
  const { size, mtime } = Deno.statSync(weights);
  // Other weights or another builder make another name, so nothing old is ever taken for new.
  const name = `${precision}-v${BUILDER_VERSION}-${size}-${mtime?.getTime() ?? 0}`;
  const places = [join(folder, ".built"), cachePlace(folder)].filter((place) => place !== null);
  for (const place of places) {
    const onnxPath = join(place, name, "model.onnx");
    if (isThere(onnxPath)) return onnxPath;
  }
  const place = places.find(canWrite) ?? temporaryPlace();
  if (place === null) {
    throw new InputError(`Cannot build "${folder}": none of ${places.join(", ")} can be written`, {
      remedy: `start Deno with --allow-write="${join(folder, ".built")}", or make one writable`,
    });
  }
  try {
    await buildModel(config, { weights, precision, outDir: join(place, name) });
  } catch (error) {
    // Renaming onto a folder with content fails: another process has built the same meanwhile.
    if (!isThere(join(place, name, "model.onnx"))) throw error;
  }
  return join(place, name, "model.onnx");
}

function isThere(path: string): boolean {
  try {
    return statOrNull(path) !== null;
  } catch {
    return false; // a cache that may not be read is no cache
  }
}

function cachePlace(folder: string): string | null {
  const home = env("XDG_CACHE_HOME") ?? env("LOCALAPPDATA");
  const user = env("HOME");
  const userCache = Deno.build.os === "darwin" ? "Library/Caches" : ".cache";
  const base = home ?? (user === null ? null : join(user, userCache));
  if (base === null) return null;
  return join(base, "tokenwatt", "models", `${basename(folder)}-${hash(folder)}`);
}

function env(name: string): string | null {
  const permission = Deno.permissions.querySync({ name: "env", variable: name });
  return permission.state === "granted" ? Deno.env.get(name) || null : null;
}

// Asks before it tries, as Deno would otherwise prompt on a terminal.
function canWrite(place: string): boolean {
  if (Deno.permissions.querySync({ name: "write", path: place }).state !== "granted") return false;
  try {
    Deno.mkdirSync(place, { recursive: true });
    Deno.writeTextFileSync(join(place, ".gitignore"), "*\n"); // what is built is never committed
    return true;
  } catch {
    return false;
  }
}

function temporaryPlace(): string | null {
  let place: string;
  try {
    place = Deno.makeTempDirSync({ prefix: "tokenwatt-" });
  } catch {
    return null;
  }
  globalThis.addEventListener("unload", () => {
    try {
      Deno.removeSync(place, { recursive: true });
    } catch {
      // the system clears its temporary folder
    }
  });
  return place;
}

// Two folders may have the same name.
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return (value >>> 0).toString(16);
}
