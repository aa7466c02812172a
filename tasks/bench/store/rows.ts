/** What the store's benchmark writes. @module */
import type { ComponentMetric, ProfilingRun } from "../../../lib/record.ts";
import type { ProfileDatabase } from "../../../lib/store/mod.ts";

export const COMPONENTS = [
  "q_proj",
  "k_proj",
  "v_proj",
  "attention",
  "o_proj",
  "gate_proj",
  "up_proj",
  "activation",
  "down_proj",
];

const WORDS = "zero one two three four five six seven eight nine".split(" ");
const DAY_MS = 86_400_000;

/** Component rows with every column filled, with as many digits as real ones have. */
export function componentsOf(first: number, tokens: number, layers: number): ComponentMetric[] {
  const metrics: ComponentMetric[] = [];
  for (let tokenIndex = first; tokenIndex < first + tokens; tokenIndex++) {
    for (let layer = 0; layer < layers; layer++) {
      for (const [i, component] of COMPONENTS.entries()) {
        const wave = Math.sin(tokenIndex * 7 + layer * 3 + i);
        const energyMj = 0.4 + wave / 10;
        metrics.push({
          tokenIndex,
          layer,
          component,
          durationMs: 0.1 + wave / 20,
          energyMj,
          lowMj: energyMj * 0.7,
          highMj: energyMj * 1.4,
          activation: {
            meanAbs: 0.3 + wave / 9,
            std: 0.5 + wave / 7,
            maxAbs: 9 + wave,
            sparsity: 0.02 + wave / 70,
          },
        });
      }
    }
  }
  return metrics;
}

/** A run of so many tokens in one repetition. */
export function tokensOf(tokens: number, run: number): ProfilingRun {
  const startedAtMs = Date.UTC(2026, 0, 1) + run * DAY_MS / 4;
  const energy = {
    mj: 1000 + run,
    lowMj: 900,
    highMj: 1100,
    interval: "ci95",
    method: "integrated",
    resolved: true,
    byRail: { cpu: { mj: 1, lowMj: 0, highMj: 2 }, gpu: { mj: 1, lowMj: 0, highMj: 2 } },
    net: { mj: 1, lowMj: 0, highMj: 2 },
  } as const;
  const all = Array.from({ length: tokens }, (_, index) => ({
    index,
    id: 1000 + index,
    text: ` ${WORDS[index % 10]}`,
    phase: index === 0 ? "prefill" as const : "decode" as const,
    startMs: startedAtMs + 1000 + index * 30,
    endMs: startedAtMs + 1030 + index * 30 + Math.sin(index),
    energyMj: 300 + Math.sin(index),
    lowMj: 200,
    highMj: 400,
    interval: "hard" as const,
    method: "shared" as const,
    resolved: false,
  }));
  const phase = { phase: "decode" as const, startMs: 0, endMs: tokens * 30 };
  return {
    runId: "",
    status: "complete",
    model: {
      name: `model-${run % 12}`,
      path: "/models/x",
      family: run % 3 === 0 ? "llama" : "qwen2",
      numLayers: 16,
      parameters: 1e9,
      precision: "fp16",
      contextLength: 4096,
    },
    prompt: `Once upon a time ${run} there was a ${WORDS[run % 10]}`,
    response: all.map(({ text }) => text).join(""),
    power: {
      source: "rig",
      kind: "simulated",
      label: "CPU+GPU (rig)",
      rails: ["cpu", "gpu"],
      totalRails: ["cpu", "gpu"],
      intervalMs: 100,
      boundMs: 4,
      observerMw: null,
    },
    findings: [],
    verdict: "Simulated.",
    measured: { repetitions: 1, durationMs: tokens * 30, energyMj: 1000 + run },
    phases: [{ ...phase, durationMs: tokens * 30, energy }],
    sections: [{ ...phase, name: "forward", durationMs: tokens * 30, energy }],
    tokens: all.map((token) => ({ ...token, group: token.index })),
    groups: all.map(({ index, phase }) => ({
      firstIndex: index,
      lastIndex: index,
      phase,
      durationMs: 30,
      energy,
    })),
    inside: null,
    runtime: null,
    latency: null,
    totals: {
      durationMs: tokens * 30,
      energyMj: 1000 + run,
      lowMj: 900,
      highMj: 1100,
      baselineMw: 400,
      peakMw: 20_000,
      meanMw: 10_000,
      promptTokens: 7,
      generatedTokens: tokens,
      decodedTokens: tokens - 1,
      ttftMs: 30,
      tokensPerSecond: 33,
      joulesPerToken: 0.3 + (run * 7919 % 1000) / 1000,
      joulesPerPromptToken: 0.1,
      prefillMj: 100,
      decodeMj: 900,
      loadMj: 50,
    },
    trace: {
      samples: Array.from({ length: 150 }, (_, i) => ({
        startMs: startedAtMs + i * 104,
        endMs: startedAtMs + (i + 1) * 104,
        energyMj: { cpu: 300 + i, gpu: 900 - i },
      })),
      phases: [{
        name: "decode",
        repetition: 0,
        startMs: startedAtMs + 1000,
        endMs: startedAtMs + 1000 + tokens * 30,
        energyMj: 1000,
      }],
      tokens: all.map((token) => ({ ...token, repetition: 0 })),
    },
  };
}

/** Stores such a run, and returns its id. */
export function fill(
  database: ProfileDatabase,
  tokens: number,
  { run = 0, finish = false }: { run?: number; finish?: boolean } = {},
): string {
  const result = tokensOf(tokens, run);
  const { model, prompt, power, trace } = result;
  const startedAtMs = trace.samples[0]!.startMs;
  const runId = database.createRun({ model, prompt, power, startedAtMs, options: { seed: 1 } });
  database.addTokens(runId, trace.tokens);
  if (finish) database.finishRun(runId, { status: "complete", result });
  return runId;
}
