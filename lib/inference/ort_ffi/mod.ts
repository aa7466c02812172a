/**
 * The engine `ort-ffi`: ONNX Runtime's shared library, called directly.
 *
 * @module
 */
export { ortFfi, unusable } from "./ort_ffi.ts";
