/**
 * What a repository on the hub holds, asked through `@huggingface/hub`.
 *
 * @module
 */
import { type Connection, get, Patience } from "./connection.ts";
import { HubFailure } from "./failure.ts";
import { refuse } from "./refusals.ts";
import { retrying } from "./retry.ts";

// Not written as a literal: `deno check` would look for it in the root's deno.json, which must stay
// free of it, as every first run fetches what stands there (docs/dependencies.md).
const PACKAGE = "@huggingface/hub";

/** What is used of the package. */
interface HubPackage {
  modelInfo(options: CallOptions & { name: string; additionalFields: ["sha"] }): Promise<{
    sha?: unknown;
  }>;
  listFiles(options: CallOptions & { repo: string; recursive: true }): AsyncIterable<ListedFile>;
}

interface CallOptions {
  revision: string;
  hubUrl: string;
  fetch: typeof fetch;
}

interface ListedFile {
  type?: unknown;
  path?: unknown;
  size?: unknown;
  oid?: unknown;
  lfs?: { oid?: unknown; size?: unknown };
}

/** A file of a repository. */
export interface RepoFile {
  path: string;
  bytes: number;
  /** What its content must hash to; also its name in the cache. */
  hash: string;
  /** Large files are known by their SHA-256, others as git does: SHA-1 of a header and the content. */
  hashKind: "sha256" | "git-sha1";
}

/** A repository at one commit. */
export interface Repository {
  id: string;
  /** As the user named it: a branch, a tag, or a commit. */
  revision: string;
  commit: string;
  files: RepoFile[];
}

/** The most files that a repository may list; the largest known have some 10,000. */
const MOST_FILES = 100_000;
const MOST_PAGES = 1_000;
const MOST_ANSWER_BYTES = 64 * 2 ** 20;

/** Asks which commit `revision` is and what it holds. */
export async function readRepository(
  connection: Connection,
  id: string,
  revision: string,
): Promise<Repository> {
  const { modelInfo, listFiles } = await import(PACKAGE) as HubPackage;
  return await retrying(connection, `the list of files of "${id}"`, async () => {
    const fetch = patientFetch(connection, id, revision);
    const options = { hubUrl: connection.endpoint, fetch };
    const info = await modelInfo({ ...options, name: id, revision, additionalFields: ["sha"] });
    const commit = checked(info.sha, /^[0-9a-f]{40}$/, "commit");
    const files: RepoFile[] = [];
    let entries = 0;
    for await (
      const entry of listFiles({ ...options, repo: id, revision: commit, recursive: true })
    ) {
      if (++entries > MOST_FILES) throw new HubFailure(`"${id}" lists over ${MOST_FILES} files`);
      if (entry.type === "file") files.push(repoFile(entry));
    }
    return { id, revision, commit, files };
  });
}

/** A `fetch` for the package that keeps our rules; the package asks nothing but GET of it. */
function patientFetch(connection: Connection, id: string, revision: string): typeof fetch {
  const asked = new Set<string>();
  return async (input, init) => {
    if (asked.has(String(input)) || asked.size >= MOST_PAGES) {
      throw new HubFailure(`The hub lists the files of "${id}" without end; try again later`);
    }
    asked.add(String(input));
    using patience = new Patience(connection);
    const accept = new Headers(init?.headers).get("accept") ?? "application/json";
    const response = await get(connection, String(input), { accept }, patience);
    if (!response.ok) return await refuse(response, connection, id, revision);
    const text = await boundedText(response, patience);
    try {
      JSON.parse(text);
    } catch {
      throw new HubFailure(`${connection.endpoint} does not answer as a hub; check HF_ENDPOINT`);
    }
    return new Response(text, { headers: response.headers });
  };
}

async function boundedText(response: Response, patience: Patience): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) {
      patience.renew();
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MOST_ANSWER_BYTES) throw new HubFailure("The hub's answer has no end");
    }
  } catch (error) {
    throw error instanceof HubFailure ? error : patience.explain(error);
  }
  return text + decoder.decode();
}

function repoFile({ path, size, oid, lfs }: ListedFile): RepoFile {
  if (typeof path !== "string" || !isPlainPath(path)) {
    throw new HubFailure(
      `The repository names a file ${JSON.stringify(path)?.slice(0, 80)}, which would not lie in ` +
        "the cache; ask its owner to rename it",
    );
  }
  const bytes = lfs?.size ?? size;
  if (typeof bytes !== "number" || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw new HubFailure(`The hub says that "${path}" has ${JSON.stringify(bytes)} bytes`);
  }
  return lfs === undefined || lfs === null
    ? { path, bytes, hash: checked(oid, /^[0-9a-f]{40}$/, "hash"), hashKind: "git-sha1" }
    : { path, bytes, hash: checked(lfs.oid, /^[0-9a-f]{64}$/, "hash"), hashKind: "sha256" };
}

// As huggingface_hub checks it, for Windows too: a path is joined onto the cache's folder.
function isPlainPath(path: string): boolean {
  return path !== "" && path.length < 1000 &&
    // deno-lint-ignore no-control-regex
    !/[\\:\x00-\x1f]/.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function checked(value: unknown, form: RegExp, what: string): string {
  if (typeof value === "string" && form.test(value)) return value;
  const found = JSON.stringify(value)?.slice(0, 80) ?? "nothing";
  throw new HubFailure(`The hub names ${found} for a ${what}; check HF_ENDPOINT`);
}
