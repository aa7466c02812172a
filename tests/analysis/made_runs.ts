/** Runs with the figures that an answer reads, made from plain numbers. */
import type { RunRecord } from "../../lib/analysis/mod.ts";
import { UNMEASURED } from "../../lib/record.ts";

export interface MadeRun {
  /** J of a decoded token; `null`: not measured. */
  joules?: number | null;
  /** J of a token of the prompt. */
  promptJoules?: number | null;
  tokensPerSecond?: number;
  prompt?: string;
  promptTokens?: number;
  generatedTokens?: number;
  /** Half the relative 95 % interval of its energies; `null`: none. */
  half?: number | null;
  /** Which process; absent: not known. */
  pid?: number;
  hostname?: string;
  source?: string;
  kind?: RunRecord["power"]["kind"];
  totalRails?: RunRecord["power"]["totalRails"];
  intervalMs?: number;
  atMs?: number;
  model?: Partial<RunRecord["model"]>;
  details?: RunRecord["details"];
  findings?: RunRecord["findings"];
  draws?: RunRecord["draws"];
}

let made = 0;

export function madeRun(shape: MadeRun = {}): RunRecord {
  const { joules = 0.2, promptJoules = 0.05, tokensPerSecond = 50, prompt = "Once" } = shape;
  const { promptTokens = 16, generatedTokens = 65, half = 0.02, source = "powermetrics" } = shape;
  const { kind = "measured", totalRails = ["cpu", "gpu", "ane"], intervalMs = 100 } = shape;
  const steps = generatedTokens - 1;
  const decodeMj = joules === null ? null : joules * 1000 * steps;
  const prefillMj = promptJoules === null ? null : promptJoules * 1000 * promptTokens;
  const energyMj = decodeMj === null || prefillMj === null ? null : decodeMj + prefillMj;
  const ends = (mj: number | null) => ({
    mj,
    lowMj: mj === null || half === null ? null : mj * (1 - half),
    highMj: mj === null || half === null ? null : mj * (1 + half),
  });
  const { lowMj, highMj } = ends(energyMj);
  const [ttftMs, decodeMs] = [promptTokens * 2, steps * 1000 / tokensPerSecond];
  const energy = (mj: number | null) => ({
    ...UNMEASURED,
    ...ends(mj),
    interval: "ci95" as const,
    method: kind === "estimated" ? "estimated" as const : "integrated" as const,
    resolved: mj !== null,
  });
  return {
    runId: `run-${made++}`,
    status: "complete",
    model: {
      name: "tiny",
      path: "models/tiny",
      family: "llama",
      numLayers: 4,
      parameters: 1e6,
      precision: "fp32",
      contextLength: 1024,
      ...shape.model,
    },
    prompt,
    power: {
      source,
      kind,
      label: `CPU+GPU+ANE (${source})`,
      rails: ["cpu", "gpu", "ane"],
      totalRails,
      intervalMs,
      boundMs: 5,
      observerMw: null,
    },
    findings: shape.findings ?? [],
    totals: {
      durationMs: ttftMs + decodeMs,
      energyMj,
      lowMj,
      highMj,
      baselineMw: 900,
      peakMw: 9000,
      meanMw: 5000,
      promptTokens,
      generatedTokens,
      decodedTokens: generatedTokens - 1,
      ttftMs,
      tokensPerSecond,
      joulesPerToken: joules,
      joulesPerPromptToken: promptJoules,
      prefillMj,
      decodeMj,
      loadMj: null,
    },
    phases: [
      {
        phase: "prefill",
        startMs: 0,
        endMs: ttftMs,
        durationMs: ttftMs,
        energy: energy(prefillMj),
      },
      {
        phase: "decode",
        startMs: ttftMs,
        endMs: ttftMs + decodeMs,
        durationMs: decodeMs,
        energy: energy(decodeMj),
      },
    ],
    startedAtMs: shape.atMs ?? made,
    ...(shape.pid === undefined ? {} : {
      host: {
        hostname: shape.hostname ?? "mini",
        chip: "Apple M4 Max",
        pid: shape.pid,
        processStartedAtMs: 0,
      },
    }),
    ...(shape.details ? { details: shape.details } : {}),
    ...(shape.draws ? { draws: shape.draws } : {}),
  };
}

export interface ArmShape extends MadeRun {
  /** Processes, each of which runs all prompts. */
  processes: number;
  prompts: number;
  /** True cost of a token on the first prompt. */
  level: number;
  /** Relative deviation from process to process, and from run to run in one. */
  between: number;
  within: number;
  normal: () => number;
}

/** An arm: processes differ, runs in them differ, and prompts cost what they cost. */
export function madeArm(shape: ArmShape): RunRecord[] {
  const { processes, prompts, level, between, within, normal, ...rest } = shape;
  const first = 1 + Math.floor(1e6 * Math.abs(normal()));
  return Array.from({ length: processes }, (_, process) => {
    const own = between * normal();
    return Array.from({ length: prompts }, (_, prompt) =>
      madeRun({
        ...rest,
        joules: level * Math.exp(0.1 * prompt + own + within * normal()),
        prompt: `prompt ${prompt}`,
        pid: first + process,
        atMs: process * 1000 + prompt,
      }));
  }).flat();
}
