/**
 * Published architectures by name, to be built with random weights.
 *
 * @module
 */
export { findPreset, type Preset, presetConfig, PRESETS } from "./presets.ts";
