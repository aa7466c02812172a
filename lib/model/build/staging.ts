/**
 * Writing a model folder so that it appears whole or not at all.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { statfsSync } from "node:fs";
import { InputError } from "../../errors.ts";
import { statOrNull } from "../files.ts";

/**
 * Refuses a folder with a checkpoint in it: its config and its tokenizer would be written over.
 *
 * @throws {InputError} naming the file of weights
 */
export function checkTarget(outDir: string): void {
  let names: string[];
  try {
    names = [...Deno.readDirSync(outDir)].map(({ name }) => name);
  } catch {
    return; // not there yet, or for the staging folder to say
  }
  const weights = names.find((name) => /\.safetensors$|^pytorch_model.*\.bin$/.test(name));
  if (weights === undefined) return;
  throw new InputError(
    `Cannot build into "${outDir}": it holds the checkpoint ${weights}, whose config and ` +
      "tokenizer would be written over",
    { remedy: "name another folder" },
  );
}

/** A folder beside the target, so that the last step is a rename within one file system. */
export function makeStaging(outDir: string): string {
  try {
    Deno.mkdirSync(dirname(outDir), { recursive: true });
    const staging = join(dirname(outDir), `.${basename(outDir)}-building-${crypto.randomUUID()}`);
    Deno.mkdirSync(staging);
    return staging;
  } catch (error) {
    throw unwritable(outDir, error);
  }
}

/** Into a new folder with one rename; into an existing one file by file, the model last. */
export function moveInto(staging: string, outDir: string): void {
  if (statOrNull(outDir) === null) {
    Deno.renameSync(staging, outDir);
    return;
  }
  const last = ["model.onnx.data", "model.onnx"];
  const rank = (name: string) => last.indexOf(name);
  const names = [...Deno.readDirSync(staging)].map((entry) => entry.name)
    .sort((a, b) => rank(a) - rank(b));
  // An old model must not meet new external data, nor a new one old data.
  if (names.includes("model.onnx.data") || statOrNull(`${outDir}/model.onnx.data`) !== null) {
    for (const name of last) {
      if (statOrNull(`${outDir}/${name}`)) Deno.removeSync(`${outDir}/${name}`);
    }
  }
  for (const name of names) Deno.renameSync(`${staging}/${name}`, `${outDir}/${name}`);
}

/** Removes what a failed build leaves; silent, as the failure itself is reported. */
export function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // moved into place, or as unwritable as what has been reported
  }
}

/** `InputError` where the disk has not `bytes` left; unchecked where Deno may not look (`--allow-sys=statfs`). */
export function checkRoom(folder: string, outDir: string, bytes: number): void {
  const free = freeBytes(folder);
  if (free === null || bytes <= free) return;
  throw new InputError(
    `Cannot build "${outDir}": it takes ${bytes} bytes, the disk has ${free} left`,
    { remedy: "free some space or choose a folder on another disk" },
  );
}

/** Room on the disk of a folder, or of the nearest one above that exists; `null` where it is not known. */
export function freeBytes(folder: string): number | null {
  if (Deno.permissions.querySync({ name: "sys", kind: "statfs" }).state !== "granted") return null;
  for (let at = resolve(folder);; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOENT" || at === dirname(at)) return null;
    }
  }
}

/** The error for a folder that cannot be written; any other error as it is. */
export function unwritable(path: string, cause: unknown): unknown {
  const { NotCapable, PermissionDenied, NotADirectory, AlreadyExists } = Deno.errors;
  const known = [NotCapable, PermissionDenied, NotADirectory, AlreadyExists].some((kind) =>
    cause instanceof kind
  );
  const code = (cause as { code?: string }).code ?? "";
  if (!known && !["EROFS", "ENOSPC", "EDQUOT", "ENAMETOOLONG", "ELOOP"].includes(code)) {
    return cause;
  }
  const detail = (cause as Error).message.split("\n")[0];
  return new InputError(`Cannot write the model folder "${path}": ${detail}`, {
    remedy: "choose a folder that can be written and has room",
    cause,
  });
}
