import type { FleetFigure } from "../../lib/fleet/mod.ts";

const DAY_MS = 86_400_000;

/** A process a day that runs two prompts, at these costs. */
export function madeFigures(
  costs: readonly number[],
  of: Partial<FleetFigure> = {},
): FleetFigure[] {
  return costs.flatMap((joules, day) =>
    [1, 3].map((factor, prompt) => ({
      runId: `${day}-${prompt}`,
      host: "mini",
      build: `build ${day}`,
      startedAtMs: day * DAY_MS + prompt,
      process: `${day}/0`,
      model: "tiny",
      modelHash: null,
      precision: "fp32",
      engine: "ort-node",
      provider: "cpu",
      batchSize: 1,
      threads: null,
      powerLabel: "CPU+GPU+ANE (powermetrics)",
      powerKind: "measured",
      intervalMs: 100,
      prompt: `prompt ${prompt}`,
      joulesPerToken: factor * joules,
      ...of,
    }))
  );
}
