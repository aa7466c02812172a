/** Answers over made runs, for their charts. */
import {
  batchCost,
  compareRuns,
  type Comparison,
  contextCost,
  scaling,
  tradeoff,
} from "../../lib/analysis/mod.ts";
import type { BatchCost, ContextCost, Scaling, Tradeoff } from "../../lib/analysis/mod.ts";
import { madeArm, madeRun } from "../analysis/made_runs.ts";
import { normals } from "../analysis/normals.ts";

/** One clear difference and one that cannot be seen. */
export function madeComparisons(): Comparison[] {
  const normal = normals(3);
  const arm = (level: number, precision: string, tokensPerSecond: number) =>
    madeArm({
      processes: 6,
      prompts: 2,
      level,
      between: 0.01,
      within: 0.005,
      normal,
      model: { precision },
      tokensPerSecond: tokensPerSecond * (1 + 0.01 * normal()),
    });
  const [fp32, int8] = [arm(0.2, "fp32", 50), arm(0.164, "int8", 50)];
  const options = { labels: ["fp32", "int8"] } as const;
  return [
    compareRuns(fp32, int8, options),
    compareRuns(fp32, int8, { ...options, metric: "energyDelayJs" }),
    compareRuns(fp32, arm(0.2, "fp32", 50), { labels: ["fp32", "fp32 again"] }),
  ];
}

/** Seven dense models and a mixture. */
export function madeScaling(): Scaling {
  const normal = normals(4);
  const sizes = [1.2e6, 4e6, 15e6, 60e6, 180e6, 500e6, 1.1e9];
  const runs = sizes.map((parameters, at) =>
    madeRun({
      joules: 3e-8 * parameters ** 0.83 * Math.exp(0.12 * normal()),
      half: at === 1 ? 0.3 : 0.04,
      pid: 1,
      model: {
        name: ["tinytales", "small", "medium", "large", "SmolLM2", "Qwen3", "Llama"][at]!,
        parameters,
      },
    })
  );
  const mixture = madeRun({
    joules: 0.4,
    pid: 1,
    model: { name: "Mixtral, cut", parameters: 600e6 },
    details: {
      model: { numExperts: 8, expertsPerToken: 2, parametersByPart: { experts: 480e6 } },
    },
  });
  return scaling([...runs, mixture]);
}

/** A cost that bends at 512 tokens. */
export function madeContext(): ContextCost {
  const normal = normals(5);
  return contextCost(
    [32, 64, 128, 256, 512, 768, 1024, 1536].flatMap((promptTokens) =>
      [1, 2, 3].map((pid) => {
        const factor = 1 + 0.01 * normal();
        const bend = Math.max(0, promptTokens - 512) * 1.5e-4;
        const joules = (0.2 + 5e-5 * promptTokens + bend) * factor;
        return madeRun({
          joules,
          tokensPerSecond: 10 / joules,
          promptTokens,
          prompt: "x".repeat(promptTokens),
          pid,
        });
      })
    ),
  );
}

/** A cost that is least at a batch of 16. */
export function madeBatch(): BatchCost {
  const normal = normals(6);
  return batchCost([1, 2, 4, 8, 16, 32].flatMap((batchSize) =>
    [1, 2, 3, 4, 5].map((pid) => {
      const stepMj = 100 + 5 * batchSize + Math.max(0, batchSize - 16) * 20;
      const joules = stepMj / batchSize / 1e3 * (1 + 0.015 * normal());
      return madeRun({
        joules,
        pid,
        tokensPerSecond: 50 * batchSize / (1 + batchSize / 30),
        details: { batchSize },
      });
    })
  ));
}

/** Ways to run, some of which are close together. */
export function madeTradeoff(): Tradeoff {
  const normal = normals(7);
  const ways: [label: string, joules: number, rate: number][] = [
    ["tiny int4 ort-ffi", 0.05, 31],
    ["tiny int8 ort-ffi", 0.06, 44],
    ["tiny int8 ort-node", 0.066, 43],
    ["tiny fp16 ort-ffi", 0.075, 58],
    ["tiny fp16 ort-node", 0.081, 57],
    ["tiny fp32 ort-ffi", 0.16, 66],
    ["tiny fp32 ort-node", 0.18, 61],
    ["tiny fp32 ort-ffi, 2 threads", 0.14, 47],
    ["tiny fp32 coreml", 0.1, 30],
  ];
  const runs = ways.flatMap(([name, joules, rate], at) =>
    [1, 2, 3].map((pid) =>
      madeRun({
        joules: joules * (1 + 0.02 * normal()),
        tokensPerSecond: rate * (1 + 0.01 * normal()),
        half: at === 8 ? 0.4 : 0.03,
        pid,
        model: { name },
      })
    )
  );
  return tradeoff(runs, { labelOf: ({ model }) => model.name });
}
