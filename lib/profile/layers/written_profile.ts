/**
 * The profile that a session is writing: which passes are in it, and where its file is.
 *
 * @module
 */
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import type { OperationTable, PassTimes } from "./operation_table.ts";
import { readProfile } from "./profile_file.ts";
import { removeQuietly } from "./temp_folder.ts";

/** One forward pass that counts. */
export interface Pass {
  /** When it was asked for, on the clock of `nowMs()`. */
  startMs: number;
  /** When its results were there. */
  endMs: number;
  /** What was done before it began, to go on with a new profile. */
  setupMs: number;
  /** By pass of the runtime, of which one may take several; empty until the profile is read. */
  times: PassTimes[];
}

/** Profiles in one folder, one after the other. */
export class WrittenProfile {
  readonly #folder: string;
  #part = 0;
  // `null` stands for a pass that does not count.
  #passes: { pass: Pass | null; runs: number }[] = [];

  /** Writes into `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Profiles that were begun. */
  get parts(): number {
    return this.#part;
  }

  /** Passes of the runtime in the profile that is being written. */
  get runs(): number {
    return this.#passes.reduce((sum, { runs }) => sum + runs, 0);
  }

  /** Whether a pass that counts is in it. */
  get counts(): boolean {
    return this.#passes.some(({ pass }) => pass !== null);
  }

  /** Begins the next profile and returns the prefix of its file. */
  begin(): string {
    this.#part++;
    return join(this.#folder, `part-${this.#part}`);
  }

  /** Notes a pass that took so many passes of the runtime; `null` for one that does not count. */
  add(pass: Pass | null, runs: number): void {
    this.#passes.push({ pass, runs });
  }

  /**
   * Reads the profile, which the runtime has ended, and removes its file.
   *
   * @param hasFailed whether the last pass failed
   * @returns events that were read, and those that the runtime writes for a pass; `null` where none
   * of its passes counts
   * @throws {InputError} Where the profile is not whole.
   */
  read(table: OperationTable, hasFailed: boolean): { events: number; perRun: number } | null {
    const { runs: wanted, counts } = this;
    const passes = this.#passes;
    this.#passes = [];
    const path = this.#path();
    try {
      if (!counts) return null;
      const events = readProfile(path);
      const times = table.take(events);
      // A pass that failed may have left an event or not; it is the last one.
      const isWhole = times.length === wanted || (hasFailed && times.length > wanted);
      if (!isWhole || events.isFull) throw notWhole(times.length, wanted);
      let at = 0;
      for (const { pass, runs } of passes) {
        if (pass !== null) pass.times = times.slice(at, at + runs);
        at += runs;
      }
      return { events: events.count, perRun: events.lines / wanted };
    } finally {
      removeQuietly(path);
    }
  }

  /** The runtime appends the local time to what it is given, so the file is found by its start. */
  #path(): string {
    const start = `part-${this.#part}_`;
    for (const { name } of Deno.readDirSync(this.#folder)) {
      if (name.startsWith(start)) return join(this.#folder, name);
    }
    return join(this.#folder, `${start}*.json`);
  }
}

function notWhole(found: number, wanted: number): InputError {
  return new InputError(
    `Cannot read the profile: it holds ${found} of ${wanted} forward passes`,
    { remedy: "check that the disk for temporary files has room, and profile again" },
  );
}
