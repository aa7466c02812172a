/**
 * Where the shared library is that the npm package `onnxruntime-node` ships.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { UnusableLibrary } from "./api.ts";

/** The library beside the package's own binding, by platform (`bin/napi-v6/<platform>/<arch>`). */
const FOLDERS: Readonly<Record<string, string>> = {
  "linux x86_64": "linux/x64/libonnxruntime.so.1",
  "linux aarch64": "linux/arm64/libonnxruntime.so.1",
  "darwin aarch64": "darwin/arm64/libonnxruntime.1.dylib",
};

/** Names another library, such as a build with more execution providers. */
const VARIABLE = "TOKENWATT_ORT_LIBRARY";

/**
 * The path of the library: what `TOKENWATT_ORT_LIBRARY` names, else the one in the folder that the
 * module graph resolves `onnxruntime-node` to, from which its binding loads it too.
 *
 * @throws {UnusableLibrary} Where the package ships none for this platform, or cannot be found.
 */
export function libraryPath(): string {
  const named = variable();
  if (named !== undefined) return named;
  const { os, arch } = Deno.build;
  const place = FOLDERS[`${os} ${arch}`];
  if (place === undefined) throw new UnusableLibrary(`none is known for ${os} on ${arch}`);
  let entry: string;
  try {
    entry = import.meta.resolve("onnxruntime-node"); // …/onnxruntime-node/1.30.0/dist/index.js
  } catch (cause) {
    throw new UnusableLibrary("the package onnxruntime-node is not there", { cause });
  }
  if (!entry.startsWith("file:")) {
    throw new UnusableLibrary(`onnxruntime-node lies at ${entry}, not in a folder`);
  }
  return fileURLToPath(new URL(`../bin/napi-v6/${place}`, entry));
}

function variable(): string | undefined {
  try {
    return Deno.env.get(VARIABLE) || undefined;
  } catch {
    return undefined; // without permission for it nobody means to name one
  }
}
