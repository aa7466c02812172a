/**
 * What an experiment is: plain data, so that it can be stored, sent to a process and repeated.
 *
 * @module
 */
import type { ComparisonMetric } from "../analysis/mod.ts";
import type { ProfileOptions } from "../profile/mod.ts";

/** Options of `profile()` that an arm may set; the experiment itself says the rest. */
export type ArmOptions = Omit<
  ProfileOptions,
  "database" | "experiment" | "tags" | "memo" | "signal" | "live" | "source" | "repetitions"
>;

/** A text to continue, or token ids. */
export type ExperimentPrompt = string | readonly number[];

/** One way of doing it. */
export interface ExperimentArm extends ArmOptions {
  /** Path or id of its model, as `loadModel` takes it. */
  model: string;
  /** Which variant of the model. */
  precision?: string;
  /** Prompts of its own, where they are what differs: each is paired with those at its place. */
  prompts?: readonly ExperimentPrompt[];
}

/** What an arm is expected to do, as a claim about its ratio to another. */
export interface Expectation {
  /** It costs less than this arm, or, of a rate, is lower. */
  lessThan?: string;
  /** It costs more than this arm. */
  moreThan?: string;
  /** It costs as much as this arm, give or take `by`. */
  sameAs?: string;
  /** By at least this share of the other (0.1: a tenth); for `sameAs`, at most. Default 0, or 0.05. */
  by?: number;
}

/** In what order the arms of a round are run. */
export type ExperimentOrder = "abba" | "random";

/** What {@link experiment} does. It must survive JSON. */
export interface ExperimentDefinition {
  /** What it asks, in a sentence. */
  question?: string;
  /** What is compared; all others are compared with the first. */
  arms: Readonly<Record<string, ExperimentArm>>;
  /** What every process of every arm is asked to continue. */
  prompts?: readonly ExperimentPrompt[];
  /** Processes of each arm; below 5, all that is said holds for these processes only. Default 6. */
  processes?: number;
  /** Least number of measured repetitions of each prompt in a process. Default 1. */
  repetitions?: number;
  /**
   * `abba`: every second round is run backwards, so that what drifts steadily weighs on all arms
   * alike; `random`: each round in a seeded order of its own. Default `abba`.
   */
  order?: ExperimentOrder;
  /** Seconds of rest between processes. Default 1. */
  cooldown?: number;
  /** What is compared. Default `joulesPerToken`. */
  metric?: ComparisonMetric;
  /** By arm. Each is found to pass, to fail, or to be inconclusive. */
  expect?: Readonly<Record<string, Expectation>>;
  /** Whether the first arm runs again under another name, which tells the floor. Default true. */
  nullArm?: boolean;
  /** Of the order, of sampling, and of what a simulated source draws. Default 1. */
  seed?: number;
  /** Options of `profile()` for all arms; an arm's own come first. */
  options?: ArmOptions;
}

/** What a file for `deno task experiment FILE` exports as its default. */
export interface ExperimentFile extends ExperimentDefinition {
  /** The experiment's name; its runs are stored under it. */
  name: string;
}
