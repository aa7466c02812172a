/** Runs of every shape that the charts must bear, made from a seed. */
import type {
  Energy,
  PowerSample,
  ProfilingRun,
  Rail,
  SourceKind,
  TokenEnergy,
  TokenGroup,
} from "../../lib/record.ts";

const STORY =
  ' there was a little girl named Lily . She loved to play outside in the park , and one day she saw a big, red ball under the tree. She ran to it and smiled.\nHer mom said, "Be careful, Lily!" She kicked the ball high into the sky and it came down on a very surprised little dog.</s>';

/** What a model may say: markup, broken and reordering characters, terminal escapes, wide letters. */
export const HOSTILE: string[] = [
  "<script>alert(1)</script>",
  '"><svg onload=alert(2)>',
  " safe\u202etxt.exe",
  "\ud83d",
  "\u001b[31mred\u001b[0m\u0000",
  " 日本語",
  " 👩‍👩‍👧",
  "\n\n\t indented",
  "&lt;b&gt;",
  "a".repeat(300),
  "",
  "</s>",
];

export interface RunShape {
  kind?: SourceKind;
  tokens?: number;
  groupSize?: number;
  repetitions?: number;
  tokenMs?: number;
  prefillMs?: number;
  measuredRails?: Rail[];
  rails?: Rail[];
  totalRails?: Rail[];
  /** Records missing in the middle of the run. */
  gap?: boolean;
  energies?: "known" | "unresolved" | "mixed" | "null";
  status?: ProfilingRun["status"];
  text?: string[];
  prompt?: string;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) % 4294967296) / 4294967296;
}

function pieces(count: number): string[] {
  const words = STORY.match(/\s?[A-Za-z]{1,4}|\s?[^A-Za-z<]|<\/s>|[A-Za-z]+/g) ?? [];
  const body = words.slice(0, -1);
  const texts = Array.from({ length: count - 1 }, (_, i) => body[i % body.length] ?? "");
  return [...texts, "</s>"];
}

function energy(
  mj: number | null,
  shape: { relative: number; resolved: boolean; kind: SourceKind },
): Energy {
  const of = (factor: number) => mj === null ? null : mj * factor;
  return {
    mj,
    lowMj: of(1 - shape.relative),
    highMj: of(1 + shape.relative),
    interval: mj === null ? null : shape.resolved ? "ci95" : "hard",
    method: mj === null
      ? null
      : shape.kind === "estimated"
      ? "estimated"
      : shape.resolved
      ? "integrated"
      : "shared",
    resolved: shape.resolved && mj !== null,
    byRail: {},
    net: null,
  };
}

/** A run of the given shape; the same shape gives the same run. */
export function makeRun(shape: RunShape = {}): ProfilingRun {
  const {
    kind = "measured",
    tokens: count = 64,
    groupSize = 6,
    repetitions = 14,
    tokenMs = 3.2,
    prefillMs = 11,
    measuredRails = ["cpu", "gpu", "ane"],
    rails = ["cpu", "gpu", "ane", "dram"],
    totalRails = ["cpu", "gpu", "ane"],
    gap = false,
    energies = "known",
    status = "complete",
    text = pieces(count),
    prompt = "Once upon a time",
  } = shape;
  const random = seeded(7);
  const startMs = 1_790_000_000_000;
  const phases: ProfilingRun["trace"]["phases"] = [];
  let atMs = startMs;
  const add = (name: string, lengthMs: number, mw: number, repetition: number | null = null) => {
    const energyMj = energies === "null" ? null : mw * lengthMs / 1e3;
    phases.push({ name, repetition, startMs: atMs, endMs: atMs + lengthMs, energyMj });
    atMs += lengthMs;
  };
  atMs += 300;
  add("model_load", 620, 5200);
  add("warm_up", 1010, 6900);
  add("baseline", 3000, 900);
  const trace: ProfilingRun["trace"] = { samples: [], phases, tokens: [] };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const tokenAt = (index: number) => atMs + (index === 0 ? 0 : prefillMs + (index - 1) * tokenMs);
    text.forEach((piece, index) =>
      trace.tokens.push({
        index,
        id: 300 + index,
        text: piece,
        phase: index === 0 ? "prefill" : "decode",
        startMs: tokenAt(index),
        endMs: tokenAt(index + 1),
        repetition,
      })
    );
    add("prefill", prefillMs, 9000, repetition);
    if (count > 1) add("decode", (count - 1) * tokenMs, 6600, repetition);
  }
  const measuredEndMs = atMs;
  add("baseline", 2000, 900);
  atMs += 240;

  for (let from = startMs; from < atMs;) {
    const to = from + 100 + 8 * random();
    const middleMs = (from + to) / 2;
    const phase = phases.find((p) => p.startMs <= middleMs && middleMs < p.endMs);
    const busy = phase !== undefined && phase.name !== "baseline";
    const energyMj: PowerSample["energyMj"] = {};
    const levels: Record<Rail, [number, number]> = {
      cpu: [4300, 700],
      gpu: [2100, 140],
      ane: [260, 20],
      dram: [600, 90],
      package: [7300, 1100],
      system: [11_000, 4200],
    };
    for (const rail of rails) {
      const [high, low] = levels[rail];
      const powerMw = (busy ? high : low) * (0.9 + 0.25 * random());
      energyMj[rail] = measuredRails.includes(rail)
        ? Math.round(powerMw * (to - from) / 1e3)
        : null;
    }
    const lost = gap && from - startMs > 5400 && from - startMs < 6900;
    if (!lost) trace.samples.push({ startMs: from, endMs: to, energyMj });
    from = to;
  }

  const groups: TokenGroup[] = [];
  const first = text.length === 0 ? 0 : 1;
  if (first === 1) groups.push(group(0, 0));
  for (let index = 1; index < text.length; index += groupSize) {
    groups.push(group(index, Math.min(text.length - 1, index + groupSize - 1)));
  }
  function group(firstIndex: number, lastIndex: number): TokenGroup {
    const phase = firstIndex === 0 ? "prefill" : "decode";
    const durationMs = firstIndex === 0 ? prefillMs : (lastIndex - firstIndex + 1) * tokenMs;
    const resolved = energies === "known" || (energies === "mixed" && firstIndex % 4 !== 3);
    const powerMw = phase === "prefill" ? 9000 : 6200 + 1400 * random() + firstIndex * 9;
    const mj = energies === "null" ? null : powerMw * durationMs / 1e3;
    const relative = kind === "estimated" ? 0.5 : resolved ? 0.06 : 0.35;
    const sure = resolved && kind !== "estimated";
    return {
      firstIndex,
      lastIndex,
      phase,
      durationMs,
      energy: energy(mj, { relative, resolved: sure, kind }),
    };
  }
  const tokens = text.map((piece, index): TokenEnergy => {
    const at = groups.findIndex((g) => g.firstIndex <= index && index <= g.lastIndex);
    const own = groups[at];
    const size = own ? own.lastIndex - own.firstIndex + 1 : 1;
    const share = (mj: number | null | undefined) =>
      mj === null || mj === undefined ? null : mj / size;
    const startAtMs = index === 0 ? 0 : prefillMs + (index - 1) * tokenMs;
    return {
      index,
      id: 300 + index,
      text: piece,
      phase: index === 0 ? "prefill" : "decode",
      startMs: startAtMs,
      endMs: startAtMs + (index === 0 ? prefillMs : tokenMs),
      energyMj: share(own?.energy.mj),
      lowMj: share(own?.energy.lowMj),
      highMj: share(own?.energy.highMj),
      interval: own?.energy.interval ?? null,
      method: own?.energy.method ?? null,
      resolved: own?.energy.resolved ?? false,
      group: at,
    };
  });
  const sum = (which: "prefill" | "decode") =>
    energies === "null"
      ? null
      : groups.filter((g) => g.phase === which).reduce((mj, g) => mj + (g.energy.mj ?? 0), 0);
  const [prefillMj, decodeMj] = [sum("prefill"), sum("decode")];
  const totalMj = prefillMj === null || decodeMj === null ? null : prefillMj + decodeMj;
  const durationMs = prefillMs + Math.max(0, count - 1) * tokenMs;
  const relative = kind === "estimated" ? 0.5 : 0.03;
  const label = kind === "estimated"
    ? "CPU (estimate from CPU time)"
    : `${totalRails.map((rail) => rail.toUpperCase()).join("+")} (powermetrics)`;
  return {
    runId: "run-7",
    status,
    model: {
      name: "tinytales",
      path: "models/tinytales",
      family: "llama",
      numLayers: 4,
      parameters: 1_200_000,
      precision: "fp32",
      contextLength: 256,
    },
    prompt,
    response: text.join(""),
    power: {
      source: kind === "estimated" ? "estimate" : "powermetrics",
      kind,
      label,
      rails,
      totalRails,
      intervalMs: 100,
      boundMs: kind === "estimated" ? 0.2 : 12,
      observerMw: null,
    },
    findings: [],
    verdict: "Phases are resolved; single tokens are not",
    measured: {
      repetitions,
      durationMs: measuredEndMs - startMs,
      energyMj: totalMj === null ? null : totalMj * repetitions,
    },
    phases: [],
    sections: [],
    tokens,
    groups,
    totals: {
      durationMs,
      energyMj: totalMj,
      lowMj: totalMj === null ? null : totalMj * (1 - relative),
      highMj: totalMj === null ? null : totalMj * (1 + relative),
      baselineMw: energies === "null" ? null : 905,
      peakMw: energies === "null" ? null : 7600,
      meanMw: totalMj === null ? null : totalMj / durationMs * 1e3,
      promptTokens: 4,
      generatedTokens: text.length,
      decodedTokens: Math.max(0, text.length - 1),
      ttftMs: prefillMs,
      tokensPerSecond: count > 1 ? 1000 / tokenMs : null,
      joulesPerToken: decodeMj === null || count < 2 ? null : decodeMj / (count - 1) / 1e3,
      joulesPerPromptToken: prefillMj === null ? null : prefillMj / 4 / 1e3,
      prefillMj,
      decodeMj,
      loadMj: energies === "null" ? null : 3224,
    },
    inside: null,
    latency: null,
    runtime: null,
    trace,
  };
}
