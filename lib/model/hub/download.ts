/**
 * One file from the hub into the cache: goes on where a broken transfer ended, takes no more bytes
 * than were announced, and keeps only what hashes to what the hub promised.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { statOrNull } from "../files.ts";
import { blobPath, lockBlob, type ModelPlace } from "./cache_layout.ts";
import { type Connection, get, Patience } from "./connection.ts";
import { HubFailure, Transient } from "./failure.ts";
import { refuse } from "./refusals.ts";
import type { RepoFile, Repository } from "./repository.ts";
import { retrying } from "./retry.ts";

/** So much in one go shows that the connection works, however often it breaks. */
const PROGRESS_BYTES = 2 ** 20;

/** Told how many bytes of the file are there; falls where a transfer had to begin anew. */
export type OnBytes = (bytes: number) => void;

/** Whether the content of `file` is in the cache. */
export function isThere(place: ModelPlace, file: RepoFile): boolean {
  const stat = statOrNull(blobPath(place, file.hash));
  return stat !== null && stat.isFile && stat.size === file.bytes;
}

/** How much of `file` an earlier transfer left. */
export function leftBytes(place: ModelPlace, file: RepoFile): number {
  const bytes = statOrNull(partPath(place, file))?.size ?? 0;
  return bytes <= file.bytes ? bytes : 0;
}

function partPath(place: ModelPlace, file: RepoFile): string {
  return `${blobPath(place, file.hash)}.incomplete`;
}

/** Fetches `file` unless it is there, and returns the number of bytes that came over the network. */
export async function download(
  connection: Connection,
  repository: Repository,
  file: RepoFile,
  place: ModelPlace,
  onBytes: OnBytes,
): Promise<number> {
  const blob = blobPath(place, file.hash);
  Deno.mkdirSync(dirname(blob), { recursive: true });
  using _ = await lockBlob(place, file.hash, connection);
  let received = 0;
  if (!isThere(place, file)) {
    using part = await openPart(partPath(place, file), file, connection.signal);
    onBytes(part.bytes);
    await retrying(connection, `"${file.path}"`, async () => {
      if (part.bytes < file.bytes) {
        const addBytes = (bytes: number) => {
          received += bytes;
          onBytes(part.bytes);
        };
        await receive(connection, repository, file, part, addBytes);
      }
      verify(file, part);
    });
    part.file.syncDataSync();
    Deno.renameSync(part.path, blob);
  }
  onBytes(file.bytes);
  return received;
}

/** A file that grows, with the hash of what it holds. */
interface Part extends Disposable {
  path: string;
  file: Deno.FsFile;
  bytes: number;
  /** The most bytes that were there, which a server that always begins anew never gets beyond. */
  mostBytes: number;
  hash: Hash;
  /** Whether some of it came from an earlier process: then a wrong hash may be that one's fault. */
  isInherited: boolean;
}

async function openPart(path: string, file: RepoFile, signal: AbortSignal): Promise<Part> {
  const stream = Deno.openSync(path, { read: true, write: true, create: true });
  const part: Part = {
    path,
    file: stream,
    bytes: 0,
    mostBytes: 0,
    hash: newHash(file),
    isInherited: false,
    [Symbol.dispose]: () => stream.close(),
  };
  try {
    if (stream.statSync().size > file.bytes) stream.truncateSync();
    const chunk = new Uint8Array(2 ** 20);
    for (;;) {
      const count = await stream.read(chunk);
      if (count === null) return part;
      signal.throwIfAborted();
      part.hash.update(chunk.subarray(0, count));
      part.bytes += count;
      part.mostBytes = part.bytes;
      part.isInherited = true;
    }
  } catch (error) {
    stream.close();
    throw error;
  }
}

// Git hashes a header before the content (git hash-object).
function newHash({ hashKind, bytes }: RepoFile): Hash {
  return hashKind === "sha256"
    ? createHash("sha256")
    : createHash("sha1").update(`blob ${bytes}\0`);
}

function restart(part: Part, file: RepoFile): void {
  part.file.truncateSync();
  part.file.seekSync(0, Deno.SeekMode.Start);
  part.bytes = 0;
  part.hash = newHash(file);
  part.isInherited = false;
}

async function receive(
  connection: Connection,
  { id, revision, commit }: Repository,
  file: RepoFile,
  part: Part,
  addBytes: OnBytes,
): Promise<void> {
  using patience = new Patience(connection);
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  const address = `${connection.endpoint}/${id}/resolve/${commit}/${path}`;
  const range: Record<string, string> = part.bytes > 0 ? { range: `bytes=${part.bytes}-` } : {};
  const response = await get(connection, address, range, patience);
  try {
    if (response.status === 416) {
      restart(part, file);
      throw new Transient("it does not go on where the last transfer ended");
    }
    if (!response.ok) await refuse(response, connection, id, revision);
    if (response.status !== 206) restart(part, file);
    else if (startOf(response) !== part.bytes) {
      restart(part, file);
      throw new Transient("it sent another part than it was asked for");
    }
    await store(response, file, part, patience, addBytes);
  } finally {
    await response.body?.cancel().catch(() => {}); // locked where it was read, broken where it broke
  }
}

function startOf(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? NaN);
}

async function store(
  response: Response,
  file: RepoFile,
  part: Part,
  patience: Patience,
  addBytes: OnBytes,
): Promise<void> {
  const before = part.mostBytes;
  const hasProgress = () => part.bytes - before >= PROGRESS_BYTES;
  const stream = response.body?.getReader();
  for (;;) {
    const { value: chunk } = await (stream?.read() ?? Promise.resolve({ value: undefined }))
      .catch((error) => Promise.reject(patience.explain(error, hasProgress())));
    if (chunk === undefined) break;
    patience.renew();
    if (part.bytes + chunk.length > file.bytes) {
      await stream?.cancel();
      Deno.removeSync(part.path);
      throw new HubFailure(
        `The hub sends more of "${file.path}" than the ${file.bytes} bytes that it lists; ` +
          "nothing was kept, try again later or another --revision",
      );
    }
    for (let done = 0; done < chunk.length;) {
      done += part.file.writeSync(chunk.subarray(done));
    }
    part.hash.update(chunk);
    part.bytes += chunk.length;
    part.mostBytes = Math.max(part.mostBytes, part.bytes);
    addBytes(chunk.length);
  }
  if (part.bytes === file.bytes) return;
  throw new Transient(`the transfer ended at byte ${part.bytes} of ${file.bytes}`, {
    hasProgress: hasProgress(),
  });
}

function verify(file: RepoFile, part: Part): void {
  if (part.hash.copy().digest("hex") === file.hash) return;
  if (part.isInherited) {
    restart(part, file);
    throw new Transient("what an earlier transfer left was damaged");
  }
  Deno.removeSync(part.path);
  throw new HubFailure(
    `"${file.path}" is not what the hub promised: its checksum is not ${
      file.hash.slice(0, 12)
    }…; ` +
      "it was deleted, run the same command again",
  );
}
