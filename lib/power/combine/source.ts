import { InputError } from "../../errors.ts";
import type { Phase, Rail, SourceInfo } from "../../record.ts";
import { failedProbe, WORKS } from "../probe.ts";
import type { PowerSource, SamplingIntervalMs, SourceEvent, SourceProbe } from "../source.ts";
import { combineInfo } from "./info.ts";
import { Merge } from "./merge.ts";

/**
 * Several sources in one: the records of the first, with the rails of the others over the same time.
 * The others' dates are those of their own records as they come; whatever a rail's clock was off by
 * stays in that rail.
 */
export class CombinedSource implements PowerSource {
  readonly info: SourceInfo;
  readonly rawFormat = "json" as const;
  readonly #sources: readonly PowerSource[];
  readonly #merge: () => Merge;

  /** Throws `InputError` for fewer than two, for one that adds no rail, and for an odd total. */
  constructor(sources: readonly PowerSource[], totalRails?: readonly Rail[]) {
    if (sources.length < 2) {
      throw new InputError(`Cannot combine ${sources.length} power sources`, {
        remedy: "name two or more, as in rapl+nvidia",
      });
    }
    const { info, shares } = combineInfo(sources.map((source) => source.info), totalRails);
    this.info = info;
    this.#sources = sources;
    this.#merge = () => new Merge(shares, sources.map((source) => source.info.name));
  }

  async probe(): Promise<SourceProbe> {
    for (const source of this.#sources) {
      const probe = await source.probe();
      if (!probe.works) return probe;
    }
    return WORKS;
  }

  hint(phase: Phase, atMs: number): void {
    for (const source of this.#sources) source.hint?.(phase, atMs);
  }

  async *open(intervalMs: SamplingIntervalMs, signal: AbortSignal): AsyncGenerator<SourceEvent> {
    const ending = new AbortController();
    const onAbort = () => ending.abort();
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    const merge = this.#merge();
    const streams = this.#sources.map((source) =>
      source.open(intervalMs, ending.signal)[Symbol.asyncIterator]()
    );
    try {
      for await (const { part, event, error } of interleaved(streams)) {
        if (event !== undefined) yield* merge.add(part, event);
        else if (error !== undefined && merge.isNeeded(part)) throw error;
        else if (!signal.aborted) {
          const reason = error === undefined ? "it ended by itself" : reasonOf(error);
          if (merge.isNeeded(part)) throw new Error(`${this.info.name}: ${reason}`);
          yield merge.lose(part, reason);
        }
      }
      yield* merge.rest();
    } catch (error) {
      yield* merge.rest();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      ending.abort();
      await Promise.allSettled(streams.map((stream) => stream.return?.()));
    }
  }
}

interface Step {
  part: number;
  event?: SourceEvent;
  error?: unknown;
}

/** The events of all streams as they come; a stream that ends says so with neither event nor error. */
async function* interleaved(streams: readonly AsyncIterator<SourceEvent>[]): AsyncGenerator<Step> {
  const step = (part: number): Promise<Step & { done: boolean }> =>
    streams[part]!.next().then(
      ({ value, done }) => done ? { part, done: true } : { part, event: value, done: false },
      (error) => ({ part, error, done: true }),
    );
  const pending = new Map(streams.map((_, part) => [part, step(part)]));
  while (pending.size > 0) {
    const { done, ...next } = await Promise.race(pending.values());
    if (done) pending.delete(next.part);
    else pending.set(next.part, step(next.part));
    yield next;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof InputError) return failedProbe(error).reason ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
