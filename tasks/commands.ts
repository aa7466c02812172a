/**
 * All commands by name. Each is loaded when it is asked for; none runs by being loaded.
 *
 * @module
 */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** Loads the definition of a command. */
export type LoadCommand = () => Promise<{ task: CommandUnknownOpts }>;

/** What a model costs here and what was measured: these need nothing of the checkout. */
export const COMMANDS: Readonly<Record<string, LoadCommand>> = {
  profile: () => import("./profile.ts"),
  doctor: () => import("./doctor.ts"),
  runs: () => import("./runs.ts"),
  show: () => import("./show.ts"),
  report: () => import("./report.ts"),
  search: () => import("./search.ts"),
  compare: () => import("./compare.ts"),
  scaling: () => import("./scaling.ts"),
  context: () => import("./context.ts"),
  batch: () => import("./batch.ts"),
  tradeoff: () => import("./tradeoff.ts"),
  predict: () => import("./predict.ts"),
  export: () => import("./export.ts"),
  merge: () => import("./merge.ts"),
  rederive: () => import("./rederive.ts"),
  delete: () => import("./delete.ts"),
  prune: () => import("./prune.ts"),
  calibrate: () => import("./calibrate.ts"),
  "build-model": () => import("./build_model.ts"),
  completion: () => import("./completion.ts"),
};

/** What needs the checkout: its tests, notebooks and pages, Deno itself, or the network. */
export const CHECKOUT_COMMANDS: Readonly<Record<string, LoadCommand>> = {
  fleet: () => import("./fleet.ts"),
  experiment: () => import("./experiment.ts"),
  pull: () => import("./pull.ts"),
  setup: () => import("./setup.ts"),
  notebook: () => import("./notebook.ts"),
  tour: () => import("./tour.ts"),
  accuracy: () => import("./accuracy.ts"),
  bench: () => import("./bench/main.ts"),
  compile: () => import("./compile.ts"),
  docs: () => import("./docs.ts"),
  test: () => import("./test.ts"),
};

/** All of `deno task`. */
export const ALL_COMMANDS: Readonly<Record<string, LoadCommand>> = {
  ...COMMANDS,
  ...CHECKOUT_COMMANDS,
};
