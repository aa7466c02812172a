/**
 * What the hub's refusals mean, and what to do about each.
 *
 * The hub tells kinds apart by `X-Error-Code` (huggingface_hub, utils/_http.py,
 * `hf_raise_for_status`). To those who may not know, it answers 401 for what does not exist.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { HubFailure, Transient } from "./failure.ts";

/** Throws what a response other than a success means for the model `id` at `revision`. */
export async function refuse(
  response: Response,
  connection: Connection,
  id: string,
  revision: string,
): Promise<never> {
  await response.body?.cancel();
  const { status } = response;
  const code = response.headers.get("x-error-code") ?? "";
  const isHome = URL.parse(response.url)?.origin === new URL(connection.endpoint).origin;
  if (status === 429) {
    throw new Transient("it allows no more requests for now (429)", { afterMs: waitMs(response) });
  }
  // A signed address of its storage runs out; the hub then gives another.
  if (status === 408 || status >= 500 || (!isHome && [401, 403].includes(status))) {
    throw new Transient(`it answered with ${status}`, { afterMs: waitMs(response) });
  }
  if (code === "GatedRepo" || status === 403) throw gated(connection, id);
  if (code === "RevisionNotFound") {
    throw new InputError(`Cannot find the revision "${revision}" of "${id}"`, {
      remedy: `look up its branches and tags at ${connection.endpoint}/${id}/tree/main`,
    });
  }
  if (status === 401 && connection.token !== null && code !== "RepoNotFound") {
    throw new InputError(`Cannot get "${id}": the hub does not take the token`, {
      remedy: `make a new one at ${connection.endpoint}/settings/tokens`,
    });
  }
  if (status === 401 || status === 404) throw missing(connection, id);
  throw new HubFailure(`Cannot get "${id}": the hub answered with ${status}; try again later`);
}

/** The error for a model that one must have accepted the terms of. */
function gated(connection: Connection, id: string): InputError {
  const page = `${connection.endpoint}/${id}`;
  if (connection.token === null) {
    return new InputError(`Cannot get "${id}": its owner asks you to accept a licence first`, {
      remedy: `accept it at ${page}, make a token at ${connection.endpoint}/settings/tokens, and ` +
        "pass that with --token-file FILE or in HF_TOKEN",
    });
  }
  return new InputError(`Cannot get "${id}": the token's account has no access to it`, {
    remedy: `accept the licence at ${page} with that account, and see that the token may read ` +
      "gated repositories",
  });
}

function missing(connection: Connection, id: string): InputError {
  const where = connection.endpoint;
  return connection.token === null
    ? new InputError(`Cannot find "${id}" at ${where}: there is none, or it is private`, {
      remedy: "check the spelling; for a private model pass --token-file FILE or set HF_TOKEN",
    })
    : new InputError(`Cannot find "${id}" at ${where}: none that the token may see`, {
      remedy: "check the spelling, and that the token's account may read it",
    });
}

// In seconds or as a date (RFC 9110, 10.2.3); the hub also writes "t=SECONDS" into RateLimit.
function waitMs(response: Response): number | null {
  const text = response.headers.get("retry-after") ??
    /t=(\d+)/.exec(response.headers.get("ratelimit") ?? "")?.[1];
  if (text === undefined) return null;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
