/**
 * The engine `ort-ffi`.
 *
 * It calls the shared library that `onnxruntime-node` ships through `Deno.dlopen`. The binding would
 * copy the whole KV cache into JavaScript with every token; here it never leaves the runtime.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { ModelFacts } from "../decoder_inputs.ts";
import { type DecoderSession, openDecoder } from "../decoder_session.ts";
import type { Engine, Instrumentation, SessionOptions } from "../engine.ts";
import { loadFailure } from "../ort_failures.ts";
import { PROVIDERS } from "../providers.ts";
import { type Address, bytesAt, cString, textAt, UnusableLibrary } from "./api.ts";
import { Holdings } from "./holdings.ts";
import { openLibrary, type OrtLibrary } from "./library.ts";
import { libraryPath } from "./library_path.ts";
import { OrtFfiRunner } from "./runner.ts";
import { sessionOptions } from "./session_options.ts";

/** Why the engine cannot be used here, in one line; `null` where it can. */
export function unusable(): string | null {
  let path = "the library of ONNX Runtime";
  try {
    path = libraryPath();
    openLibrary(path);
    return null;
  } catch (error) {
    if (!(error instanceof UnusableLibrary)) throw error;
    return `cannot call ${path}: ${error.message}`;
  }
}

/** ONNX Runtime's C library. Each of its calls throws `UnusableLibrary` where `unusable()` says why. */
export const ortFfi = {
  name: "ort-ffi" as const,
  /** Execution providers that the library holds, and whose own libraries lie beside it. */
  providers(): string[] {
    const path = libraryPath();
    const { api } = openLibrary(path);
    const [array, count] = [new BigUint64Array(1), new Int32Array(1)];
    api.call("GetAvailableProviders", array, count);
    const names = new BigUint64Array(bytesAt(array[0]!, count[0]! * 8).slice().buffer);
    const built = Array.from(names, (text) => textAt(text).replace("ExecutionProvider", ""));
    api.call("ReleaseAvailableProviders", array[0]!, count[0]!);
    return PROVIDERS.filter((name) =>
      built.some((one) => one.toLowerCase() === name) && (name !== "cuda" || hasCuda(path))
    );
  },
  /** Opens a graph as a decoder. */
  async openSession(
    model: ModelFacts,
    options: SessionOptions,
    instrumentation: Instrumentation = {},
  ): Promise<DecoderSession> {
    const library = openLibrary(libraryPath());
    const holdings = new Holdings(library.api, library.allocator);
    const { provider = "cpu" } = options;
    let runner: OrtFfiRunner;
    try {
      const session = await create(library, holdings, model.onnxPath, options, instrumentation);
      runner = new OrtFfiRunner(library, holdings, session, provider);
    } catch (cause) {
      holdings.freeAll();
      throw loadFailure(model.onnxPath, cause);
    }
    return await openDecoder(runner, model, instrumentation, {
      engine: "ort-ffi",
      engineNote: null,
      provider,
      stopsInside: true,
    });
  },
} satisfies Engine;

async function create(
  { api, env }: OrtLibrary,
  holdings: Holdings,
  onnxPath: string,
  options: SessionOptions,
  instrumentation: Instrumentation,
): Promise<Address> {
  const settings = sessionOptions(api, holdings, onnxPath, options, instrumentation);
  const { modelBytes } = instrumentation;
  if (modelBytes !== undefined) {
    const bytes = modelBytes as Uint8Array<ArrayBuffer>;
    const session = api.make("CreateSessionFromArray", env, bytes, bytes.length, settings);
    return holdings.hold(session, "ReleaseSession");
  }
  const path = holdings.copy(cString(onnxPath));
  const out = holdings.allocate(8);
  await api.callAside("CreateSession", env, path, settings, out);
  const session = new BigUint64Array(bytesAt(out, 8).slice().buffer)[0]!;
  return holdings.hold(session, "ReleaseSession");
}

// It is built in as a stub that loads this at first use.
function hasCuda(path: string): boolean {
  try {
    return Deno.statSync(join(dirname(path), "libonnxruntime_providers_cuda.so")).isFile;
  } catch {
    return false;
  }
}
