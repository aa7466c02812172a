import { join } from "node:path";
import { openSession, type Session } from "../../inference/mod.ts";
import type { Model } from "../../model/mod.ts";
import { discardWeights, keepNodes, knownNodes, readNodes } from "./executed_graph.ts";
import { OperationTable } from "./operation_table.ts";
import type { ProfiledOptions } from "./profiled_options.ts";

/** Opens sessions of one model that time their operations, one after the other. */
export class TimedSessions {
  /** The operations of the graph that is executed; `null` before the first session. */
  table: OperationTable | null = null;
  /** How many nodes that graph has; 0 before. */
  nodes = 0;
  readonly #model: Model;
  readonly #options: ProfiledOptions;
  readonly #folder: string;
  #hasTriedPieces = false;

  /** Writes the executed graph into `folder`, reads it and removes it. */
  constructor(model: Model, options: ProfiledOptions, folder: string) {
    this.#model = model;
    this.#options = options;
    this.#folder = folder;
  }

  /** Tokens that may be run at once. */
  get mostTokens(): number {
    return this.#options.shown?.mostTokens ?? Infinity;
  }

  /**
   * Opens the next one.
   *
   * @param profilePrefix where it writes its times
   * @param onPass called after each pass of the runtime; returns whether what it shows is wanted
   */
  async open(profilePrefix: string, onPass: () => boolean): Promise<Session> {
    const { optimization = "all", shown } = this.#options;
    // What is handed out may keep operations from being fused.
    const variant = `${optimization} ${shown?.instrumentation.taps?.length ?? 0}`;
    const known = knownNodes(this.#model, variant);
    const graphPath = join(this.#folder, "graph.onnx");
    const isDumped = this.table === null && known === undefined;
    if (isDumped) discardWeights(graphPath);
    const session = await openSession(this.#tappedModel, this.#options, {
      modelBytes: shown?.instrumentation.modelBytes,
      taps: shown?.instrumentation.taps,
      // It is called also where nothing is tapped.
      onTaps: (tensors) => {
        if (onPass()) shown?.instrumentation.onTaps?.(tensors);
      },
      optimization,
      profilePrefix,
      ...(isDumped ? { optimizedGraphPath: graphPath } : {}),
    });
    if (this.table !== null) return session;
    try {
      const nodes = known ?? readNodes(this.#model, graphPath);
      keepNodes(this.#model, variant, nodes);
      this.table = new OperationTable(this.#model.architecture, nodes);
      this.nodes = nodes.length;
      return session;
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** Only a session that shows nothing tries whether a graph continues its cache in pieces. */
  async tryPieces(length: number): Promise<void> {
    if (length <= this.mostTokens || this.#hasTriedPieces) return;
    this.#hasTriedPieces = true;
    await using plain = await openSession(this.#tappedModel, this.#options);
    await plain.passLength(length, this.mostTokens);
  }

  /** The same object where the file is the same: what is known of a model is known by its object. */
  get #tappedModel(): Model {
    const model = this.#options.shown?.model;
    return model === undefined || model.onnxPath === this.#model.onnxPath ? this.#model : model;
  }
}
