/**
 * A hub on this machine that speaks the protocol of the real one, and breaks on demand.
 *
 * Answers are written byte by byte onto the socket, as no server library sends less than it
 * announced, or stops in the middle.
 */
import { createHash } from "node:crypto";

/** A file of a repository; `isLfs` ones are hashed by SHA-256 and come from other storage. */
export interface HubFile {
  content: Uint8Array;
  isLfs: boolean;
  /** What the list says in place of the truth. */
  lies?: { bytes?: number; hash?: string };
}

/** A repository. */
export interface HubModel {
  revisions: Record<string, string>;
  files: Record<string, HubFile>;
  /** Only this token opens it. */
  needsToken?: string;
  /** Shown to all in the list; its files only to those with the token. */
  isGated?: boolean;
}

/** What came in. */
export interface Asked {
  method: string;
  path: string;
  isStorage: boolean;
  headers: Headers;
}

/** How an answer is to break; what is left out stays right. */
export interface Breakage {
  status?: number;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Ends the connection after so many bytes of the body. */
  cutAfter?: number;
  /** Sends nothing more after so many bytes of the body, and keeps the connection. */
  stallAfter?: number;
  /** What Content-Length says. */
  claims?: number;
  /** Sends the whole content though a part was asked for. */
  ignoresRange?: boolean;
  /** Waits before each so many bytes. */
  slowly?: { everyBytes: number; waitMs: number };
}

/** Decides how to break the answer to a request; `null` leaves it right. */
export type Breaks = (asked: Asked, count: number) => Breakage | null;

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** The commit that `main` is unless a test says otherwise. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** Git's name of a content. */
export function gitHash(content: Uint8Array): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** What large files are named by. */
export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A text as the content of a small file. */
export function small(text: string): HubFile {
  return { content: new TextEncoder().encode(text), isLfs: false };
}

/** The name of a file's content in the cache. */
export function hashOf({ content, isLfs }: HubFile): string {
  return isLfs ? sha256(content) : gitHash(content);
}

/** The hub and, on another port as on the real one, the storage of its large files. */
export class FakeHub implements AsyncDisposable {
  /** Everything that came in. */
  readonly asked: Asked[] = [];
  /** Breaks what a test wants broken. */
  breaks: Breaks = () => null;
  /** Entries on a page of a list. */
  pageSize = 3;
  readonly #hub = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #storage = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  readonly #loops: Promise<void>[];

  constructor(readonly models: Record<string, HubModel>) {
    this.#loops = [this.#accept(this.#hub, false), this.#accept(this.#storage, true)];
  }

  /** Its address. */
  get url(): string {
    return `http://127.0.0.1:${this.#hub.addr.port}`;
  }

  /** The address of its storage. */
  get storageUrl(): string {
    return `http://127.0.0.1:${this.#storage.addr.port}`;
  }

  /** What came in for a file's content, storage included. */
  askedFor(part: string): Asked[] {
    return this.asked.filter(({ path }) => path.includes(part));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hub.close();
    this.#storage.close();
    for (const connection of [...this.#open]) this.#end(connection);
    await Promise.all(this.#loops);
  }

  async #accept(listener: Deno.Listener, isStorage: boolean): Promise<void> {
    const served: Promise<void>[] = [];
    try {
      for await (const connection of listener) {
        this.#open.add(connection);
        served.push(this.#serve(connection, isStorage).catch(() => {}));
      }
    } catch {
      // closed
    }
    await Promise.all(served);
  }

  #end(connection: Deno.Conn): void {
    if (this.#open.delete(connection)) connection.close();
  }

  async #serve(connection: Deno.Conn, isStorage: boolean): Promise<void> {
    try {
      const asked = await readRequest(connection, isStorage);
      if (asked === null) return;
      const breakage = this.breaks(asked, this.asked.push(asked)) ?? {};
      if (breakage.ignoresRange) asked.headers.delete("range");
      const right = isStorage ? this.#stored(asked) : this.#answer(asked);
      // Python's client asks so for what it wants to know of a file.
      const isHead = asked.method === "HEAD";
      await send(connection, right, isHead ? { ...breakage, cutAfter: 0 } : breakage);
    } finally {
      this.#end(connection);
    }
  }

  #answer(asked: Asked): Answer {
    const url = new URL(asked.path, this.url);
    const parts = url.pathname.slice(1).split("/").map(decodeURIComponent);
    if (parts[0] === "api" && parts[1] === "resolve-cache") {
      return this.#content(asked, parts.slice(2, 4).join("/"), parts.slice(5).join("/"));
    }
    const isApi = parts[0] === "api";
    const [org, name, verb, revision = ""] = isApi ? parts.slice(2) : parts;
    const id = `${org}/${name}`;
    const model = this.models[id];
    const token = asked.headers.get("authorization");
    if (model === undefined) return refusal(token === null ? 401 : 404, "RepoNotFound");
    const isKnown = model.needsToken === undefined || token === `Bearer ${model.needsToken}`;
    if (!isKnown && model.isGated !== true) return refusal(401, "RepoNotFound");
    const commit = model.revisions[revision] ??
      Object.values(model.revisions).find((one) => one === revision);
    if (commit === undefined) return refusal(404, "RevisionNotFound");
    if (isApi && verb === "revision") {
      const gated = model.isGated === true ? "manual" : false;
      return json({
        _id: "1",
        id,
        sha: commit,
        gated,
        private: false,
        lastModified: "2026-01-01T00:00:00.000Z",
      });
    }
    if (isApi && verb === "tree") return this.#tree(url, model);
    if (!isKnown) return refusal(token === null ? 401 : 403, "GatedRepo");
    const path = parts.slice(4).join("/");
    const file = model.files[path];
    if (file === undefined) return refusal(404, "EntryNotFound");
    const headers = { "x-repo-commit": commit, etag: `"${hashOf(file)}"` };
    if (!file.isLfs) {
      const location = `/api/resolve-cache/${id}/${commit}/${encodeURIComponent(path)}`;
      return { status: 307, headers: { ...headers, location }, body: new Uint8Array() };
    }
    return {
      status: 302,
      headers: {
        ...headers,
        "x-linked-size": `${file.content.length}`,
        "x-linked-etag": `"${sha256(file.content)}"`,
        location: `${this.storageUrl}/${id}/${path}?signature=secret`,
      },
      body: new Uint8Array(),
    };
  }

  #stored(asked: Asked): Answer {
    const [org, name, ...path] = new URL(asked.path, this.url).pathname.slice(1).split("/");
    return this.#content(asked, `${org}/${name}`, path.join("/"));
  }

  #content(asked: Asked, id: string, path: string): Answer {
    const { content } = this.models[id]!.files[path]!;
    const from = /^bytes=(\d+)-$/.exec(asked.headers.get("range") ?? "")?.[1];
    if (from === undefined) return { status: 200, headers: {}, body: content };
    if (Number(from) >= content.length) return refusal(416, "");
    const range = `bytes ${from}-${content.length - 1}/${content.length}`;
    return { status: 206, headers: { "content-range": range }, body: content.slice(Number(from)) };
  }

  #tree(url: URL, model: HubModel): Answer {
    const entries = Object.entries(model.files).map(([path, file]) => {
      const bytes = file.lies?.bytes ?? file.content.length;
      const hash = file.lies?.hash ?? hashOf(file);
      const entry = { type: "file", path, size: bytes, oid: hash };
      return file.isLfs
        ? { ...entry, oid: "f".repeat(40), lfs: { oid: hash, size: bytes, pointerSize: 130 } }
        : entry;
    });
    const all = [{ type: "directory", path: "onnx", size: 0, oid: "0".repeat(40) }, ...entries];
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const answer = json(all.slice(from, from + this.pageSize));
    if (from + this.pageSize >= all.length) return answer;
    url.searchParams.set("cursor", `${from + this.pageSize}`);
    return { ...answer, headers: { ...answer.headers, link: `<${url.href}>; rel="next"` } };
  }
}

function json(value: unknown): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}

function refusal(status: number, code: string): Answer {
  const answer = json({ error: "no" });
  return { ...answer, status, headers: code === "" ? {} : { "x-error-code": code } };
}

async function readRequest(connection: Deno.Conn, isStorage: boolean): Promise<Asked | null> {
  let text = "";
  const chunk = new Uint8Array(4096);
  while (!text.includes("\r\n\r\n")) {
    const count = await connection.read(chunk);
    if (count === null) return null;
    text += new TextDecoder().decode(chunk.subarray(0, count));
  }
  const [line, ...lines] = text.split("\r\n\r\n")[0]!.split("\r\n");
  const headers = new Headers();
  for (const one of lines) {
    const colon = one.indexOf(":");
    headers.append(one.slice(0, colon), one.slice(colon + 1).trim());
  }
  const [method, path] = line!.split(" ");
  return { method: method!, path: path!, isStorage, headers };
}

async function send(connection: Deno.Conn, right: Answer, breakage: Breakage): Promise<void> {
  const { cutAfter, stallAfter, slowly } = breakage;
  const body = breakage.body ?? right.body;
  const headers = {
    ...right.headers,
    "content-length": `${breakage.claims ?? body.length}`,
    connection: "close",
    ...breakage.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${breakage.status ?? right.status} Status\r\n${lines.join("")}\r\n`;
  await writeAll(connection, new TextEncoder().encode(head));
  const sent = body.subarray(0, cutAfter ?? stallAfter ?? body.length);
  const step = slowly?.everyBytes ?? Math.max(1, sent.length);
  for (let at = 0; at < sent.length; at += step) {
    if (slowly !== undefined) await new Promise((resolve) => setTimeout(resolve, slowly.waitMs));
    await writeAll(connection, sent.subarray(at, at + step));
  }
  if (stallAfter !== undefined) await connection.read(new Uint8Array(1)); // until the other end goes
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}
