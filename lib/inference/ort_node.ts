/**
 * The engine `ort-node`: ONNX Runtime through `onnxruntime-node`, on the CPU.
 *
 * The binding copies every output into JavaScript inside `session.run`, 1.2 ms a megabyte, the whole
 * KV cache with every token (shared notes on ONNX Runtime, section 5). Nothing outside can tell that
 * copy from the forward pass: what is timed as `forward` here holds both.
 *
 * Imported dynamically: loading it loads the native library, which needs `--allow-ffi`.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { env, InferenceSession, Tensor } from "onnxruntime-node";
import { InputError } from "../errors.ts";
import { type DecoderInputs, decoderInputs } from "./decoder_inputs.ts";
import type { Engine, Instrumentation, Session, SessionOptions, TappedTensor } from "./engine.ts";

// Deno's N-API takes a Float16Array for empty. onnxruntime-common looks once, at its first tensor,
// whether that class exists, and takes Uint16Array for good where it does not (notes, section 1).
const HalfArray = globalThis.Float16Array;
const halfArray = Object.getOwnPropertyDescriptor(globalThis, "Float16Array")!;
Reflect.deleteProperty(globalThis, "Float16Array");
try {
  new Tensor("float32", new Float32Array(1), [1]);
} finally {
  Object.defineProperty(globalThis, "Float16Array", halfArray);
}

env.logLevel = "fatal"; // failures are thrown; what it would write to stderr is for its developers

/** ONNX Runtime's Node binding. */
export const ortNode: Engine = {
  name: "ort-node",
  async openSession(
    onnxPath: string,
    options: SessionOptions,
    instrumentation: Instrumentation = {},
  ): Promise<Session> {
    const settings = sessionSettings(onnxPath, options, instrumentation);
    const { modelBytes } = instrumentation;
    let session: InferenceSession;
    try {
      session = modelBytes === undefined
        ? await InferenceSession.create(onnxPath, settings)
        : await InferenceSession.create(modelBytes, settings);
    } catch (cause) {
      throw new InputError(`ONNX Runtime cannot load "${onnxPath}": ${firstLine(cause)}`, {
        remedy: "check that the model is whole and made for ONNX Runtime 1.30 or older",
        cause,
      });
    }
    try {
      const inputs = session.inputMetadata.flatMap((input) =>
        input.isTensor ? [{ name: input.name, type: input.type, shape: input.shape }] : []
      );
      const { outputNames } = session;
      return new OrtNodeSession(
        session,
        decoderInputs(onnxPath, inputs, outputNames),
        instrumentation,
      );
    } catch (error) {
      await session.release();
      throw error;
    }
  },
};

function sessionSettings(
  onnxPath: string,
  { threads, spin }: SessionOptions,
  { profilePrefix, optimizedGraphPath, optimization, modelBytes }: Instrumentation,
): InferenceSession.SessionOptions {
  const extra: Record<string, Record<string, unknown>> = {};
  const session = {
    ...(spin === undefined ? {} : { intra_op: { allow_spinning: spin ? "1" : "0" } }),
    // Bytes have no folder of their own, and the runtime refuses data outside its working folder.
    ...(modelBytes === undefined
      ? {}
      : { model_external_initializers_file_folder_path: dirname(onnxPath) }),
    ...(optimizedGraphPath === undefined ? {} : {
      optimized_model_external_initializers_file_name: `${basename(optimizedGraphPath)}.data`,
      optimized_model_external_initializers_min_size_in_bytes: "1024",
    }),
  };
  if (Object.keys(session).length > 0) extra.session = session;
  return {
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    ...(optimizedGraphPath === undefined ? {} : { optimizedModelFilePath: optimizedGraphPath }),
    ...(optimization === undefined ? {} : { graphOptimizationLevel: optimization }),
    ...(extra.session === undefined ? {} : { extra }),
  };
}

class OrtNodeSession implements Session {
  #session: InferenceSession | null;
  #inputs: DecoderInputs;
  #fetches: string[];
  #cache: Tensor[] = [];
  #pastLength = 0;
  // Ones for the mask; longer than needed, so that a step makes a view and not an array.
  #ones: BigInt64Array | Int32Array = new BigInt64Array(0);

  readonly #taps: readonly string[];
  readonly #onTaps: Instrumentation["onTaps"];

  constructor(session: InferenceSession, inputs: DecoderInputs, instrumentation: Instrumentation) {
    this.#session = session;
    this.#inputs = inputs;
    this.#taps = instrumentation.taps ?? [];
    this.#onTaps = instrumentation.onTaps;
    const own = ["logits", ...inputs.cache.map((slot) => slot.output)];
    this.#fetches = [...new Set([...own, ...this.#taps])];
    this.reset();
  }

  get pastLength(): number {
    return this.#pastLength;
  }

  reset(): void {
    this.#pastLength = 0;
    this.#cache = this.#inputs.cache.map(({ type, emptyDims }) => {
      const size = emptyDims.reduce((product, dim) => product * dim, 1);
      return type === "float16"
        ? new Tensor("float16", new Uint16Array(size), emptyDims)
        : new Tensor("float32", new Float32Array(size), emptyDims);
    });
  }

  async run(ids: readonly number[] | Int32Array): Promise<Float32Array> {
    const session = this.#session;
    if (session === null) throw new Error("Cannot run a session that was released");
    if (ids.length === 0) throw new Error("Cannot run a forward pass over no tokens");
    let outputs: InferenceSession.OnnxValueMapType;
    try {
      outputs = await session.run(this.#feeds(ids), this.#fetches);
    } catch (cause) {
      throw new Error(
        `ONNX Runtime failed on ${ids.length} tokens after ${this.#pastLength}: ${
          firstLine(cause)
        }`,
        { cause },
      );
    }
    this.#cache = this.#inputs.cache.map((slot) => outputs[slot.output] as Tensor);
    this.#pastLength += ids.length;
    this.#onTaps?.(
      new Map(this.#taps.map((name) => [name, tapped(outputs[name] as Tensor)])),
    );
    return lastRow(outputs.logits as Tensor);
  }

  endProfiling(): void {
    this.#session?.endProfiling();
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#cache = [];
    await session?.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  #feeds(ids: readonly number[] | Int32Array): Record<string, Tensor> {
    const { idsType, maskType, positionsType, hasCacheFlag, cache } = this.#inputs;
    const length = ids.length;
    const past = this.#pastLength;
    const feeds: Record<string, Tensor> = {
      input_ids: integers(idsType, [1, length], (i) => ids[i]!),
    };
    if (maskType !== null) {
      const total = past + length;
      if (this.#ones.length < total) {
        const room = Math.max(256, total * 2);
        this.#ones = maskType === "int32"
          ? new Int32Array(room).fill(1)
          : new BigInt64Array(room).fill(1n);
      }
      feeds.attention_mask = new Tensor(maskType, this.#ones.subarray(0, total), [1, total]);
    }
    if (positionsType !== null) {
      feeds.position_ids = integers(positionsType, [1, length], (i) => past + i);
    }
    if (hasCacheFlag) feeds.use_cache_branch = new Tensor("bool", [past > 0], [1]);
    for (let i = 0; i < cache.length; i++) feeds[cache[i]!.input] = this.#cache[i]!;
    return feeds;
  }
}

function integers(type: "int32" | "int64", dims: [1, number], at: (i: number) => number): Tensor {
  const length = dims[1];
  if (type === "int32") return new Tensor(type, new Int32Array(length).map((_, i) => at(i)), dims);
  const values = new BigInt64Array(length);
  for (let i = 0; i < length; i++) values[i] = BigInt(at(i));
  return new Tensor(type, values, dims);
}

function tapped({ type, data, dims }: Tensor): TappedTensor {
  if (type !== "float16") return { data: data as TappedTensor["data"], dims };
  const half = data as Uint16Array;
  return {
    data: new Float32Array(new HalfArray(half.buffer, half.byteOffset, half.length)),
    dims,
  };
}

function lastRow(logits: Tensor): Float32Array {
  const size = logits.dims.at(-1)!;
  if (logits.type === "float32") {
    const data = logits.data as Float32Array;
    return data.length === size ? data : data.subarray(data.length - size);
  }
  const data = logits.data as Uint16Array;
  const row = data.slice(data.length - size);
  return new Float32Array(new HalfArray(row.buffer));
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0]!;
}
