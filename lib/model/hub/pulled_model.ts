/**
 * A model in the cache, as it is told to people and programs.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Weights } from "./choose_files.ts";
import type { RepoFile, Repository } from "./repository.ts";

/** A file of a model, by its path in the repository. */
export interface PulledFile {
  path: string;
  bytes: number;
}

/** A model that is in the cache. */
export interface PulledModel {
  id: string;
  revision: string;
  commit: string;
  /** The model's folder. */
  path: string;
  /** The graph; `null` where only weights were taken, from which `loadModel` builds one. */
  onnxPath: string | null;
  files: PulledFile[];
  /** What came over the network just now, in bytes. */
  fetchedBytes: number;
  /** Other graphs that could have been chosen. */
  others: PulledFile[];
}

/** Describes a model whose files are shown in `snapshot`. */
export function pulledModel(
  { id, revision, commit }: Repository,
  snapshot: string,
  { kind, main, others }: Weights,
  files: readonly RepoFile[],
  fetchedBytes: number,
): PulledModel {
  const told = ({ path, bytes }: RepoFile) => ({ path, bytes });
  return {
    id,
    revision,
    commit,
    path: join(snapshot, homeOf(main.path)),
    onnxPath: kind === "onnx" ? join(snapshot, main.path) : null,
    files: files.map(told),
    fetchedBytes,
    others: others.map(told),
  };
}

// As `loadModel` sees it: what lies in onnx/ belongs to the folder above.
function homeOf(path: string): string {
  const folder = dirname(path);
  return folder === "onnx" || folder.endsWith("/onnx") ? dirname(folder) : folder;
}
