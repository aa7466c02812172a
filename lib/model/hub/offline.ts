/**
 * A model that an earlier pull left in the cache: nothing is asked of the network.
 *
 * @module
 */
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { readConfig } from "../config.ts";
import { statOrNull } from "../files.ts";
import { knownCommit, placeOf, snapshotPath } from "./cache_layout.ts";
import { chooseWeights, describingFiles, externalFiles } from "./choose_files.ts";
import { checkId, checkRevision } from "./designation.ts";
import type { PullOptions } from "./pull.ts";
import { type PulledModel, pulledModel } from "./pulled_model.ts";
import type { RepoFile, Repository } from "./repository.ts";

/**
 * Finds a model in the cache as `pullModel` would have left it.
 *
 * @throws {InputError} if it is not there, or not all of it
 */
export function findPulled(id: string, options: PullOptions): PulledModel {
  const { cache, revision = "main" } = options;
  checkId(id);
  checkRevision(revision);
  const place = placeOf(cache, id);
  const commit = knownCommit(place, revision);
  const snapshot = commit === null ? null : snapshotPath(place, commit);
  if (commit === null || snapshot === null || !statOrNull(snapshot)?.isDirectory) {
    throw new InputError(`Cannot find "${id}" at "${revision}" in the cache "${cache}"`, {
      remedy: "pull it once without --offline (and without HF_HUB_OFFLINE)",
    });
  }
  const repository: Repository = { id, revision, commit, files: filesIn(snapshot, "") };
  const weights = chooseWeights(repository, options, readConfig(snapshot)?.onnxName ?? null);
  const { kind, main } = weights;
  const beside = kind === "onnx"
    ? externalFiles(repository, main, join(snapshot, main.path))
    : weights.beside;
  const describing = describingFiles(repository, join(main.path, ".."));
  return pulledModel(repository, snapshot, weights, [...describing, ...beside, main], 0);
}

function filesIn(snapshot: string, folder: string): RepoFile[] {
  return [...Deno.readDirSync(join(snapshot, folder))].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) return filesIn(snapshot, path);
    const stat = statOrNull(join(snapshot, path)); // null for a link to what was deleted
    if (!stat?.isFile || name.endsWith(".tmp")) return [];
    return [{ path, bytes: stat.size, hash: "", hashKind: "git-sha1" as const }];
  });
}
