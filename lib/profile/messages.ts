import type { RepeatedBlock, StepBlock } from "../energy/mod.ts";
import type { AmplifiedLoops, AmplifyOptions } from "./amplify/mod.ts";
import type { PlainError } from "../errors.ts";
import type { OpenedSession, SessionOptions } from "../inference/mod.ts";
import type { Explained, ExplainPlan } from "./explain.ts";
import type { StepCheck } from "./resolve/mod.ts";
import type { Phase, RunSequence, Section, TokenEvent } from "../record.ts";

/** A token of one repetition. */
export interface RepeatedToken extends TokenEvent {
  repetition: number;
}

/** A section of one repetition. */
export interface RepeatedSection extends Section {
  repetition: number;
}

/** One pass over the prompt. */
export interface Repetition {
  index: number;
  startMs: number;
  endMs: number;
}

/** How the model's thread opens a model. */
export interface LoadOrder extends SessionOptions {
  type: "load";
  path: string;
  precision?: string | undefined;
  /** Tokens of each prompt that will be answered at once: whether the graph can is seen at once. */
  lengths: readonly number[];
  /** Set to 1 to stop after the token that is being computed. */
  stop: SharedArrayBuffer;
}

/** What is answered. */
export interface Prompt {
  prompt: string;
  /** False for a text that holds its special tokens already, as a chat template writes it. */
  addSpecialTokens: boolean;
  /** Taken in place of the text where they are given; a model may know no text. */
  ids?: number[] | undefined;
  /** Texts or ids that are answered at once, in place of the one above. */
  batch?: readonly (string | readonly number[])[] | undefined;
}

/** How often the prompt is generated. */
export interface RepeatOrder extends Prompt {
  type: "repeat";
  maxNewTokens: number;
  prefillChunk?: number | undefined;
  temperature?: number | undefined;
  topK?: number | undefined;
  topP?: number | undefined;
  seed: number;
  least: number;
  leastMs: number;
  mostMs: number;
  /** How long the model works before and after, unmeasured, so that the edges have like neighbours. */
  leadMs: number;
  /** Whether to say at once what phase begins: what a simulated power source needs, and no other. */
  tellsPhases?: boolean | undefined;
}

/** Which steps of an answer are repeated. */
export interface ResolveOrder extends Prompt {
  type: "resolve";
  /** Its tokens, as the plain run chose them. */
  answer: number[];
  /** Whether each is the most probable one. */
  isGreedy: boolean;
  blocks: StepBlock[];
  leadMs: number;
  tellsPhases?: boolean | undefined;
}

/** What is to be explained; the session that was measured makes room for the twins'. */
export interface ExplainOrder extends ExplainPlan {
  type: "explain";
}

/** Which components are repeated by themselves; nothing else can be asked for afterwards. */
export interface AmplifyOrder extends Omit<AmplifyOptions, `on${string}` | "stopped"> {
  type: "amplify";
  tellsPhases: boolean;
}

/** Frees the model, once no pass is under way any more. */
export interface ReleaseOrder {
  type: "release";
}

/** What the model's thread can be told. */
export type Order =
  | LoadOrder
  | RepeatOrder
  | ResolveOrder
  | ExplainOrder
  | AmplifyOrder
  | ReleaseOrder;

/** What happened since the last batch. A message a token would cost up to 11 % of a 3 ms token. */
export interface Batch {
  repetitions: Repetition[];
  tokens: RepeatedToken[];
  sections: RepeatedSection[];
  /** What the texts of a batch were answered, in its first repetition; empty where that is not told. */
  answers: SequenceAnswer[];
  /** The repetition that is under way, where its first pass may take long. */
  begun: Omit<Repetition, "endMs"> | null;
}

/** What one text of a batch was answered. */
export type SequenceAnswer = Omit<RunSequence, "promptTokens">;

/** What the measured session runs on. */
export type RunsOn = Pick<OpenedSession, "engine" | "engineNote" | "provider">;

/** What the model's thread says. */
export type Answer =
  | ({ type: "loaded"; startMs: number; endMs: number } & RunsOn)
  | ({ type: "batch" } & Batch)
  | { type: "phase"; phase: Phase; atMs: number }
  | { type: "repeated"; interrupted: boolean }
  | { type: "steps"; blocks: RepeatedBlock[] }
  | { type: "resolved"; interrupted: boolean; check: StepCheck }
  | { type: "released" }
  | { type: "progress"; fraction: number }
  | ({ type: "explained" } & Explained)
  | { type: "ready"; expectedMs: number }
  | ({ type: "amplified" } & AmplifiedLoops)
  | ({ type: "failed" } & PlainError);
