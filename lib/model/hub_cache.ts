/**
 * Models that are already in the cache of the Hugging Face hub, whose layout is
 * `models--ORG--NAME/{refs/main, snapshots/HASH/…}` with links into `blobs/`
 * (huggingface_hub, docs, "Understand caching"). Nothing is fetched.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { readText, statOrNull } from "./files.ts";

/** Whether a text can be an id on the hub: `"org/name"`. */
export function isHubId(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(text) && !text.includes("..");
}

/** The folder of the snapshot that `refs/main` names; `null` where the model is not in the cache. */
export function hubSnapshot(id: string): string | null {
  if (!isHubId(id)) return null;
  const cache = cacheFolder(env);
  if (cache === null) return null;
  const model = join(cache, `models--${id.replace("/", "--")}`);
  const snapshots = join(model, "snapshots");
  const ref = join(model, "refs", "main");
  if (statOrNull(ref)?.isFile) {
    const snapshot = join(snapshots, basename(readText(ref).trim()));
    if (statOrNull(snapshot)?.isDirectory) return snapshot;
  }
  // Fetched at a revision of its own, a model has a snapshot but no main.
  const all = statOrNull(snapshots)?.isDirectory ? [...Deno.readDirSync(snapshots)] : [];
  return all.length === 1 ? join(snapshots, all[0]!.name) : null;
}

/** The id of the model whose snapshot `folder` is; `null` for any other folder. */
export function hubIdOf(folder: string): string | null {
  const match = /^models--(.+)$/.exec(basename(dirname(dirname(folder))));
  return match === null || basename(dirname(folder)) !== "snapshots"
    ? null
    : match[1]!.replace("--", "/");
}

/** The cache's folder by the variables that huggingface_hub reads (constants.py), in its order. */
export function cacheFolder(env: (name: string) => string | null | undefined): string | null {
  const own = env("HF_HUB_CACHE") || env("HUGGINGFACE_HUB_CACHE");
  if (own) return own;
  const home = env("HF_HOME");
  if (home) return join(home, "hub");
  const user = env("HOME") || env("USERPROFILE");
  const cache = env("XDG_CACHE_HOME") || (user ? join(user, ".cache") : null);
  return cache && join(cache, "huggingface", "hub");
}

// Asks before it looks, as Deno would otherwise prompt on a terminal.
function env(name: string): string | null {
  const permission = Deno.permissions.querySync({ name: "env", variable: name });
  return permission.state === "granted" ? Deno.env.get(name) || null : null;
}
