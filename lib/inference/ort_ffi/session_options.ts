/**
 * Our options as the C library takes them.
 *
 * @module
 */
import type { Instrumentation, SessionOptions } from "../engine.ts";
import type { ProviderName } from "../providers.ts";
import { sessionConfig } from "../session_config.ts";
import { type Address, cString, type OrtApi } from "./api.ts";
import type { Holdings } from "./holdings.ts";

// GraphOptimizationLevel
const LEVELS = { disabled: 0, basic: 1, extended: 2, all: 99 } as const;

/** Makes `OrtSessionOptions`, held by `holdings`. */
export function sessionOptions(
  api: OrtApi,
  holdings: Holdings,
  onnxPath: string,
  options: SessionOptions,
  instrumentation: Instrumentation,
): Address {
  const made = holdings.hold(api.make("CreateSessionOptions"), "ReleaseSessionOptions");
  const { threads, provider = "cpu", providerOptions = {} } = options;
  const { profilePrefix, optimizedGraphPath, optimization } = instrumentation;
  api.call("SetSessionLogSeverityLevel", made, 4); // fatal
  if (threads !== undefined) api.call("SetIntraOpNumThreads", made, threads);
  if (profilePrefix !== undefined) api.call("EnableProfiling", made, cString(profilePrefix));
  if (optimizedGraphPath !== undefined) {
    api.call("SetOptimizedModelFilePath", made, cString(optimizedGraphPath));
  }
  if (optimization !== undefined) {
    api.call("SetSessionGraphOptimizationLevel", made, LEVELS[optimization]);
  }
  for (const [key, value] of Object.entries(sessionConfig(onnxPath, options, instrumentation))) {
    api.call("AddSessionConfigEntry", made, cString(key), cString(value));
  }
  if (provider === "cuda") appendCuda(api, holdings, made, providerOptions);
  else if (provider !== "cpu") append(api, holdings, made, provider, providerOptions);
  return made;
}

/** As `SessionOptionsAppendExecutionProvider` calls them; it takes no CUDA. */
const NAMES: Readonly<Record<Exclude<ProviderName, "cpu" | "cuda">, string>> = {
  coreml: "CoreML",
  webgpu: "WebGPU",
};

function append(
  api: OrtApi,
  holdings: Holdings,
  made: Address,
  provider: keyof typeof NAMES,
  options: Readonly<Record<string, string>>,
): void {
  const [keys, values] = texts(holdings, options);
  const name = cString(NAMES[provider]);
  api.call("SessionOptionsAppendExecutionProvider", made, name, keys, values, keys.length);
}

function appendCuda(
  api: OrtApi,
  holdings: Holdings,
  made: Address,
  options: Readonly<Record<string, string>>,
): void {
  const cuda = holdings.hold(api.make("CreateCUDAProviderOptions"), "ReleaseCUDAProviderOptions");
  const [keys, values] = texts(holdings, options);
  if (keys.length > 0) api.call("UpdateCUDAProviderOptions", cuda, keys, values, keys.length);
  api.call("SessionOptionsAppendExecutionProvider_CUDA_V2", made, cuda);
}

// Arrays of pointers to texts.
function texts(
  holdings: Holdings,
  options: Readonly<Record<string, string>>,
): [keys: BigUint64Array<ArrayBuffer>, values: BigUint64Array<ArrayBuffer>] {
  const addresses = (list: readonly string[]) =>
    BigUint64Array.from(list, (text) => holdings.copy(cString(text)));
  return [addresses(Object.keys(options)), addresses(Object.values(options))];
}
