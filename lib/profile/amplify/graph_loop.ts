/**
 * A graph that runs again and again on the same inputs.
 *
 * Imported dynamically: loading it loads the native library, which needs `--allow-ffi`.
 *
 * @module
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { nowMs } from "../../clock.ts";
import type { SessionOptions } from "../../inference/mod.ts";
import { asTensor, type Captured, type Numbers, numbersOf } from "./tensors.ts";

/** Inputs in the runtime's form. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** One stretch of rounds. */
export interface Rounds {
  startMs: number;
  endMs: number;
  rounds: number;
}

/** A graph under repetition. It is executed as it is: optimisation is off. */
export class GraphLoop implements AsyncDisposable {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Loads a graph; the data of its weights is told relative to `folder`. */
  static async open(
    bytes: Uint8Array,
    folder: string,
    { threads, spin }: SessionOptions,
  ): Promise<GraphLoop> {
    return new GraphLoop(
      await InferenceSession.create(bytes, {
        logSeverityLevel: 4,
        graphOptimizationLevel: "disabled",
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
        extra: {
          "session.model_external_initializers_file_folder_path": folder,
          ...(spin === undefined ? {} : { "session.intra_op.allow_spinning": spin ? "1" : "0" }),
        },
      }),
    );
  }

  /** Inputs as the runtime takes them; `null` where one has a type that it takes none of. */
  static feeds(inputs: ReadonlyMap<string, Captured>): Feeds | null {
    const feeds: Record<string, Tensor> = {};
    for (const [name, captured] of inputs) {
      const tensor = asTensor(Tensor, captured);
      if (tensor === null) return null;
      feeds[name] = tensor;
    }
    return feeds;
  }

  /** One round, with all that it puts out. */
  async outputs(feeds: Feeds, names: readonly string[]): Promise<ReadonlyMap<string, Numbers>> {
    const outputs = await this.#session.run(feeds, names);
    return new Map(Object.entries(outputs).map(([name, tensor]) => [name, numbersOf(tensor)]));
  }

  /**
   * Runs for at least `durationMs`. Only `fetch` is handed out, so that it is the work that is
   * repeated and not the copying of results: the runtime computes the others all the same.
   */
  async run(
    feeds: Feeds,
    fetch: string,
    durationMs: number,
    stopped: () => boolean,
  ): Promise<Rounds> {
    await this.#session.run(feeds, [fetch]); // what ran before has left its own data in the caches
    const startMs = nowMs();
    let rounds = 0;
    do {
      await this.#session.run(feeds, [fetch]);
      rounds++;
    } while (nowMs() - startMs < durationMs && !stopped());
    return { startMs, endMs: nowMs(), rounds };
  }

  /** Frees the graph. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}
