/**
 * What a user may write for a model and its revision: both become parts of paths.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { isHubId } from "../hub_cache.ts";

/** Refuses what can be no model's id; what is passed is often a path or an address. */
export function checkId(id: string): void {
  if (isHubId(id) && id.length < 200) return;
  throw new InputError(`Cannot pull ${JSON.stringify(id.slice(0, 200))}: it is no id of a model`, {
    remedy: "write it as ORG/NAME, as on its page on the hub",
  });
}

/** Refuses what can be no branch, tag or commit. */
export function checkRevision(revision: string): void {
  const isPlain = /^\w[\w./+-]{0,199}$/.test(revision) &&
    revision.split("/").every((part) => part !== "" && !part.startsWith("."));
  if (isPlain) return;
  throw new InputError(`Cannot use the revision ${JSON.stringify(revision.slice(0, 200))}`, {
    remedy: "pass a branch, a tag or a commit of 40 hexadecimal digits",
  });
}
