/**
 * A model from the hub into its usual cache, where `loadModel(id)` finds it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { readConfig } from "../config.ts";
import {
  blobPath,
  checkRoom,
  type ModelPlace,
  placeOf,
  showBlob,
  snapshotPath,
  unwritable,
  writeRef,
} from "./cache_layout.ts";
import { chooseWeights, describingFiles, externalFiles, type Wanted } from "./choose_files.ts";
import type { Connection } from "./connection.ts";
import { checkId, checkRevision } from "./designation.ts";
import { download, isThere, leftBytes } from "./download.ts";
import { type PulledModel, pulledModel } from "./pulled_model.ts";
import { readRepository, type RepoFile, type Repository } from "./repository.ts";

/** Settings of {@linkcode pullModel}. */
export interface PullOptions extends Wanted {
  /** The cache's folder. */
  cache: string;
  /** A branch, a tag or a commit. Default: `"main"`. */
  revision?: string;
  /** Told how far all of it is, in bytes. */
  onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Fetches what is needed of a model: what describes it, one graph, and the graph's weights.
 *
 * The revision is noted when all of it has arrived, so that nobody finds half a model.
 *
 * @throws {InputError} for a model that is missing, private, gated or has no graph to choose
 * @throws {Error} `HubFailure` where the hub or the network failed
 */
export async function pullModel(
  connection: Connection,
  id: string,
  options: PullOptions,
): Promise<PulledModel> {
  const { cache, revision = "main", onProgress = () => {} } = options;
  checkId(id);
  checkRevision(revision);
  const repository = await readRepository(connection, id, revision);
  const place = placeOf(cache, id);
  try {
    Deno.mkdirSync(place.folder, { recursive: true });
    const pull = new Pull(connection, repository, place, onProgress);
    return await pull.run(options);
  } catch (error) {
    throw unwritable(cache, error);
  }
}

class Pull {
  #fetchedBytes = 0;
  readonly #wanted = new Set<RepoFile>();
  readonly #done = new Map<RepoFile, number>();

  constructor(
    readonly connection: Connection,
    readonly repository: Repository,
    readonly place: ModelPlace,
    readonly onProgress: (doneBytes: number, totalBytes: number) => void,
  ) {}

  async run(wanted: Wanted): Promise<PulledModel> {
    const { repository, place } = this;
    const { id, revision, commit } = repository;
    const weights = chooseWeights(repository, wanted, await this.#namedGraph());
    const { main } = weights;
    const describing = describingFiles(repository, dirname(main.path));
    this.#expect([...describing, main, ...weights.beside]);
    checkRoom(place, id, this.#missingBytes());
    for (const file of [...describing, main]) await this.#fetch(file);
    const beside = weights.kind === "onnx"
      ? externalFiles(repository, main, blobPath(place, main.hash))
      : weights.beside;
    this.#wanted.clear();
    this.#expect([...describing, main, ...beside]);
    checkRoom(place, id, this.#missingBytes());
    for (const file of beside) await this.#fetch(file);
    // The graph last: where it stands, its weights stand.
    const files = [...describing, ...beside, main];
    for (const file of files) this.#show(file);
    writeRef(place, revision, commit);
    return pulledModel(repository, snapshotPath(place, commit), weights, files, this.#fetchedBytes);
  }

  /** The graph that `genai_config.json` names, which has to be fetched to be asked. */
  async #namedGraph(): Promise<string | null> {
    const genai = describingFiles(this.repository, ".")
      .find(({ path }) => path === "genai_config.json");
    if (genai === undefined) return null;
    this.#expect([genai]);
    await this.#fetch(genai);
    this.#show(genai);
    return readConfig(snapshotPath(this.place, this.repository.commit))?.onnxName ?? null;
  }

  #expect(files: readonly RepoFile[]): void {
    for (const file of files) {
      this.#wanted.add(file);
      this.#done.set(file, isThere(this.place, file) ? file.bytes : leftBytes(this.place, file));
    }
  }

  async #fetch(file: RepoFile): Promise<void> {
    this.#fetchedBytes += await download(
      this.connection,
      this.repository,
      file,
      this.place,
      (bytes) => {
        this.#done.set(file, bytes);
        this.onProgress(this.#sum((one) => this.#done.get(one)!), this.#totalBytes());
      },
    );
  }

  #show(file: RepoFile): void {
    const { place, repository: { commit } } = this;
    showBlob(blobPath(place, file.hash), join(snapshotPath(place, commit), file.path));
  }

  #totalBytes(): number {
    return this.#sum(({ bytes }) => bytes);
  }

  #missingBytes(): number {
    return this.#sum((file) => file.bytes - this.#done.get(file)!);
  }

  #sum(bytesOf: (file: RepoFile) => number): number {
    return [...this.#wanted].reduce((sum, file) => sum + bytesOf(file), 0);
  }
}
