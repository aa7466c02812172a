import { gunzipSync } from "node:zlib";
import { type Model, modelHash } from "../model/mod.ts";
import type { PowerConditions } from "../power/mod.ts";
import type {
  ModelDetails,
  ProfilingRun,
  RawPowerBatch,
  RunDetails,
  SourceInfo,
} from "../record.ts";

/** What is known of a model beyond its name, with the hash of its files. */
export function modelDetails({ onnxPath, architecture, features }: Model): ModelDetails {
  const { numExperts, expertsPerToken, flopsPerToken, bytesPerToken } = features;
  // Where there is a router, null is what is not known.
  const dense = architecture.isMoe ? null : 0;
  return {
    hash: modelHash(onnxPath),
    hiddenSize: features.hiddenSize,
    intermediateSize: features.intermediateSize,
    numHeads: features.numHeads,
    numKvHeads: features.numKvHeads,
    headDim: features.headDim,
    vocabSize: features.vocabSize,
    attentionKind: architecture.attentionKind,
    normKind: architecture.normKind,
    numExperts: numExperts ?? dense,
    expertsPerToken: expertsPerToken ?? dense,
    blockSize: features.blockSize,
    weightBytes: features.weightBytes,
    kvBytesPerToken: features.kvBytesPerToken,
    bytesPerToken: bytesPerToken?.base ?? null,
    flopsPerToken: flopsPerToken?.base ?? null,
    parametersByPart: features.parametersByPart,
  };
}

/** What is known when the run has ended. */
export function lateDetails(
  { runtime, tokens }: ProfilingRun,
  model: ModelDetails,
  seen: { peakMemoryBytes: number; osBuild: string | null },
): RunDetails {
  const { kvBytesPerToken = null } = model;
  const prompts = runtime?.sequences.map(({ promptTokens }) => promptTokens) ?? [];
  // Texts of a batch are padded to the longest. The last token never comes into the cache.
  const each = tokens.length === 0 ? 0 : Math.max(0, ...prompts) + tokens.length - 1;
  const cached = prompts.length * each;
  return {
    ...seen,
    kvCacheBytes: kvBytesPerToken === null ? null : kvBytesPerToken * cached,
  };
}

/** How the machine was powered, in one word; `null` where it could not be asked. */
export function powerState({ onBattery, lowPowerMode }: PowerConditions): string | null {
  if (lowPowerMode) return "low-power";
  if (onBattery === null) return null;
  return onBattery ? "battery" : "ac";
}

/** The system's build, which powermetrics writes into every record; `null` where nothing says it. */
export function osBuildOf({ kind }: SourceInfo, raw: RawPowerBatch | null): string | null {
  if (kind === "simulated" || raw === null) return null;
  const text = new TextDecoder().decode(gunzipSync(raw.gzip));
  return text.match(/kern_osversion<\/key>(?:\s|\\[nt])*<string>(\w+)</)?.[1] ?? null;
}
