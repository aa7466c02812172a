import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * Folders of `onnxruntime-node` with libraries of other platforms than this: the package ships those
 * of all, 200 MB that a program made here can never load. Empty where the package lies in no folder.
 */
export function otherPlatforms(): string[] {
  const entry = import.meta.resolve("onnxruntime-node"); // …/onnxruntime-node/1.30.0/dist/index.js
  if (!entry.startsWith("file:")) return [];
  const libraries = new URL("../bin/napi-v6/", entry);
  return foldersIn(libraries).flatMap((platform) =>
    foldersIn(new URL(`${platform}/`, libraries))
      .filter((arch) => platform !== process.platform || arch !== process.arch)
      .map((arch) => fileURLToPath(new URL(`${platform}/${arch}`, libraries)))
  );
}

function foldersIn(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name).toSorted();
}
