/**
 * Where ONNX Runtime's C functions stand in its table, and what they take.
 *
 * `OrtApi` is a struct of function pointers to which versions only ever append (its header:
 * "All new functions must be added at the end"), so a number that held in 1.22, whose header these
 * are read from, holds in every later 1.x.
 *
 * @module
 */

/** The version of the header that the numbers are read from; older libraries lack some of them. */
export const HEADER_MINOR = 22;

// A handle or an address passes in registers as a 64-bit number does, on x64 and arm64 alike; as a
// bigint it needs no pointer object, of which a pass would make hundreds.
const at = "u64" as const;
/** An array of JavaScript's that is read or written before the call returns, never after. */
const array = "buffer" as const;
const i32 = "i32" as const;
const size = "usize" as const;

/** A function that returns an `OrtStatus*`, null where all went well. */
export const CHECKED = {
  CreateEnv: [3, i32, array, array],
  CreateSession: [7, at, at, at, at],
  CreateSessionFromArray: [8, at, array, size, at, array],
  CreateSessionOptions: [10, array],
  SetOptimizedModelFilePath: [11, at, array],
  EnableProfiling: [14, at, array],
  SetSessionLogSeverityLevel: [22, at, i32],
  SetSessionGraphOptimizationLevel: [23, at, i32],
  SetIntraOpNumThreads: [24, at, i32],
  SessionGetInputCount: [30, at, array],
  SessionGetOutputCount: [31, at, array],
  SessionGetInputTypeInfo: [33, at, size, array],
  SessionGetOutputTypeInfo: [34, at, size, array],
  SessionGetInputName: [36, at, size, at, array],
  SessionGetOutputName: [37, at, size, at, array],
  CreateRunOptions: [39, array],
  RunOptionsSetTerminate: [46, at],
  RunOptionsUnsetTerminate: [47, at],
  CreateTensorAsOrtValue: [48, at, array, size, i32, array],
  CreateTensorWithDataAsOrtValue: [49, at, at, size, array, size, i32, array],
  GetTensorMutableData: [51, at, array],
  CastTypeInfoToTensorInfo: [55, at, array],
  GetTensorElementType: [60, at, array],
  GetDimensionsCount: [61, at, array],
  GetDimensions: [62, at, array, size],
  GetSymbolicDimensions: [63, at, array, size],
  GetTensorTypeAndShape: [65, at, array],
  CreateMemoryInfo: [68, array, i32, i32, i32, array],
  CreateCpuMemoryInfo: [69, i32, i32, array],
  AllocatorAlloc: [75, at, size, array],
  AllocatorFree: [76, at, at],
  GetAllocatorWithDefaultOptions: [78, array],
  SessionEndProfiling: [110, at, at, array],
  GetAvailableProviders: [125, array, array],
  ReleaseAvailableProviders: [126, at, i32],
  AddSessionConfigEntry: [130, at, array, array],
  RunWithBinding: [133, at, at, at],
  CreateIoBinding: [134, at, array],
  BindInput: [136, at, at, at],
  BindOutputToDevice: [138, at, at, at],
  GetBoundOutputValues: [140, at, at, array, array],
  SessionOptionsAppendExecutionProvider_CUDA_V2: [204, at, at],
  CreateCUDAProviderOptions: [205, array],
  UpdateCUDAProviderOptions: [206, at, array, array, size],
  SessionOptionsAppendExecutionProvider: [216, at, array, array, array, size],
} as const satisfies Record<string, readonly [number, ...Deno.NativeType[]]>;

/** Functions that free what a handle stands for, and cannot fail. */
export const RELEASES = {
  ReleaseStatus: 93,
  ReleaseMemoryInfo: 94,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseRunOptions: 97,
  ReleaseTypeInfo: 98,
  ReleaseTensorTypeAndShapeInfo: 99,
  ReleaseSessionOptions: 100,
  ReleaseIoBinding: 135,
  ReleaseCUDAProviderOptions: 208,
} as const;

/** `const char* GetErrorMessage(const OrtStatus*)`. */
export const GET_ERROR_MESSAGE = 2;
