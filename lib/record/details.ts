/** What a run knows of its model beyond its name. Everything may be unknown. */
export interface ModelDetails {
  /** Tells two models of one name apart; docs/store.md says of what it is the hash. */
  hash?: string | null | undefined;
  /** Width of the residual stream. */
  hiddenSize?: number | null | undefined;
  /** Width inside the MLP. */
  intermediateSize?: number | null | undefined;
  /** Query heads per layer. */
  numHeads?: number | null | undefined;
  /** Key and value heads per layer. */
  numKvHeads?: number | null | undefined;
  /** Width of a head. */
  headDim?: number | null | undefined;
  /** Ids that the model can put out. */
  vocabSize?: number | null | undefined;
  /** `mha`, `gqa`, `mqa`. */
  attentionKind?: string | null | undefined;
  /** `rmsnorm`, `layernorm`. */
  normKind?: string | null | undefined;
  /** Experts per layer; 0 where there are none. */
  numExperts?: number | null | undefined;
  /** Experts that one token goes through. */
  expertsPerToken?: number | null | undefined;
  /** Weights that share one scale, where they are quantized. */
  blockSize?: number | null | undefined;
  /** Bytes that the weights take on disk. */
  weightBytes?: number | null | undefined;
  /** Bytes that one token adds to the KV cache. */
  kvBytesPerToken?: number | null | undefined;
  /** Bytes of weights that one decode step reads. */
  bytesPerToken?: number | null | undefined;
  /** Floating-point operations of one decode step, without attention over the past. */
  flopsPerToken?: number | null | undefined;
  /** Number of weights by part: `embedding`, `attention`, `mlp`, … */
  parametersByPart?: Record<string, number> | null | undefined;
}

/** The circumstances of a run that its result does not show. Everything may be unknown. */
export interface RunDetails {
  /** What ran the model: `ort-node`, `ort-ffi`. */
  engine?: string | null | undefined;
  /** Execution provider: `cpu`, `coreml`, `webgpu`. */
  provider?: string | null | undefined;
  /** Sequences at once. */
  batchSize?: number | null | undefined;
  /** Bytes of the KV cache when the run ended. */
  kvCacheBytes?: number | null | undefined;
  /** Largest resident size of the process, in bytes. */
  peakMemoryBytes?: number | null | undefined;
  /** `24G517`, as powermetrics and sw_vers say. */
  osBuild?: string | null | undefined;
  /** `ac`, `battery`, `low-power`. */
  powerState?: string | null | undefined;
  /** Version of Tokenwatt; the store fills it in. */
  toolVersion?: string | null | undefined;
  /** Commit of the user's folder; the store fills it in. */
  gitCommit?: string | null | undefined;
  /** The model. */
  model?: ModelDetails | undefined;
}
