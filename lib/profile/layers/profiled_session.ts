/**
 * A session whose every operation is timed, for as many tokens as are asked for.
 *
 * ONNX Runtime keeps 2.6 KB an event, drops events after a million, and starts no second profile in
 * a session. So a profile is ended after `CHUNK_EVENTS` and another session goes on, which first
 * runs all earlier ids as a prompt to have their cache. Handing the cache over would spare that,
 * which takes a small part of the time of the tokens that made the cache; but it would tie this to
 * how each kind of cache is kept.
 *
 * @module
 */
import { nowMs } from "../../clock.ts";
import type { Session } from "../../inference/mod.ts";
import type { Model } from "../../model/mod.ts";
import type { OperationTable } from "./operation_table.ts";
import { CHUNK_EVENTS, type ProfiledOptions } from "./profiled_options.ts";
import { TempFolder } from "./temp_folder.ts";
import { TimedSessions } from "./timed_sessions.ts";
import { type Pass, WrittenProfile } from "./written_profile.ts";

type Ids = readonly number[] | Int32Array;

/** Ids that are run at once to have their cache again. */
const REPLAY_CHUNK = 512;

/** A session that times its operations. */
export class ProfiledSession implements Session {
  /** The passes that count, in order; their times are there after `settle()`. */
  readonly passes: Pass[] = [];
  /** Profile events that were read. */
  events = 0;
  readonly #options: ProfiledOptions;
  readonly #folder = new TempFolder();
  readonly #written = new WrittenProfile(this.#folder.path);
  readonly #sessions: TimedSessions;
  #eventsPerRun = 1;
  #session: Session | null = null;
  #isProfiling = false;
  #isRunning = false;
  #isCounting = true;
  #hasFailed = false;
  #runs = 0;
  #past: number[] = [];
  #room: number | undefined;

  private constructor(model: Model, options: ProfiledOptions) {
    this.#options = options;
    this.#sessions = new TimedSessions(model, options, this.#folder.path);
  }

  /** Opens a session; `InputError` where the runtime cannot load the model. */
  static async open(model: Model, options: ProfiledOptions = {}): Promise<ProfiledSession> {
    const profiled = new ProfiledSession(model, options);
    try {
      await profiled.#renew();
      return profiled;
    } catch (error) {
      await profiled.release();
      throw error;
    }
  }

  /** The operations that have been met; empty before `settle()`. */
  get operations(): OperationTable["operations"] {
    return this.#sessions.table?.operations ?? [];
  }

  /** Whether it can run no more. */
  get isReleased(): boolean {
    return this.#written.parts > 0 && this.#session === null;
  }

  get pastLength(): number {
    return this.#past.length;
  }

  passLength(promptLength: number, chunk: number): Promise<number> {
    return this.#open.passLength(promptLength, Math.min(chunk, this.#sessions.mostTokens));
  }

  get capacity(): number | null {
    return this.#open.capacity;
  }

  get fedMs(): number {
    return this.#open.fedMs;
  }

  async run(ids: Ids): Promise<Float32Array> {
    const last = await this.#allButLast(ids);
    return await this.#timed(last, (session) => session.run(last));
  }

  async extend(ids: Ids): Promise<void> {
    const last = await this.#allButLast(ids);
    await this.#timed(last, (session) => session.extend(last));
  }

  /** Runs passes that do not count, such as a warm-up. */
  async uncounted<T>(work: () => Promise<T>): Promise<T> {
    this.#isCounting = false;
    try {
      return await work();
    } finally {
      this.#isCounting = true;
    }
  }

  reset(room?: number): void {
    this.#past = [];
    this.#room = room;
    this.#open.reset(room);
  }

  endProfiling(): void {
    this.settle();
  }

  /**
   * Ends the profile, reads it, and removes its file; the next pass begins another one.
   *
   * @throws {InputError} Where the profile is not whole.
   */
  settle(): void {
    if (!this.#isProfiling) return;
    if (this.#isRunning) throw new Error("Cannot read a profile while a token is being computed");
    this.#isProfiling = false;
    this.#session?.endProfiling();
    const read = this.#written.read(this.#sessions.table!, this.#hasFailed);
    this.events += read?.events ?? 0;
    this.#eventsPerRun = Math.max(this.#eventsPerRun, read?.perRun ?? 0);
  }

  async release(): Promise<void> {
    try {
      this.settle();
    } finally {
      const session = this.#session;
      this.#session = null;
      this.#isProfiling = false;
      try {
        await session?.release();
      } finally {
        this.#folder[Symbol.dispose]();
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  get #chunkEvents(): number {
    return this.#options.chunkEvents ?? CHUNK_EVENTS;
  }

  get #open(): Session {
    if (this.#session === null) throw new Error("Cannot run a session that was released");
    return this.#session;
  }

  /** Where tensors are handed out, long inputs go in pieces; returns the last of them. */
  async #allButLast(ids: Ids): Promise<Ids> {
    if (ids.length <= this.#sessions.mostTokens) return ids;
    await this.#sessions.tryPieces(ids.length);
    const length = await this.#open.passLength(ids.length, this.#sessions.mostTokens);
    let rest = ids;
    while (rest.length > length) {
      const piece = rest.slice(0, length);
      await this.#timed(piece, (session) => session.extend(piece));
      rest = rest.slice(length);
    }
    return rest;
  }

  /** Does one pass, in a new profile where this one is full or was read. */
  async #timed<T>(
    ids: Ids,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const beganMs = nowMs();
    const isFull = (this.#written.runs + 1) * this.#eventsPerRun > this.#chunkEvents;
    if (this.#hasFailed || (isFull && this.#written.counts)) {
      this.settle();
    }
    const isRenewed = !this.#isProfiling;
    if (isRenewed) await this.#renew();
    const startMs = isRenewed ? nowMs() : beganMs;
    const { result, runs } = await this.#run(work);
    this.#past.push(...ids);
    const pass = { startMs, endMs: nowMs(), setupMs: startMs - beganMs, times: [] };
    if (this.#isCounting) this.passes.push(pass);
    this.#written.add(this.#isCounting ? pass : null, runs);
    return result;
  }

  async #run<T>(work: (session: Session) => Promise<T>): Promise<{ result: T; runs: number }> {
    const session = this.#open;
    this.#isRunning = true;
    this.#runs = 0;
    try {
      return { result: await work(session), runs: this.#runs };
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    } finally {
      this.#isRunning = false;
    }
  }

  /** Opens a session with a profile of its own, in the state of the one before. */
  async #renew(): Promise<void> {
    const isFirst = this.#written.parts === 0;
    const profilePrefix = this.#written.begin();
    if (!isFirst && this.#session === null) {
      throw new Error("Cannot run a session that was released");
    }
    await this.#session?.release();
    this.#session = null;
    this.#hasFailed = false;
    await this.#sessions.tryPieces(this.#past.length);
    const session = await this.#sessions.open(profilePrefix, () => {
      this.#runs++;
      return this.#isCounting;
    });
    this.#session = session;
    this.#isProfiling = true;
    this.#eventsPerRun = Math.max(this.#eventsPerRun, this.#sessions.nodes + 2);
    if (this.#past.length === 0 && this.#room === undefined) return;
    session.reset(this.#room);
    const most = Math.min(REPLAY_CHUNK, this.#sessions.mostTokens);
    const length = await session.passLength(this.#past.length, most);
    for (let at = 0; at < this.#past.length; at += length) {
      const ids = this.#past.slice(at, at + length);
      const { runs } = await this.uncounted(() => this.#run((session) => session.extend(ids)));
      this.#written.add(null, runs);
    }
  }
}
