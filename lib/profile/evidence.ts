import type { RepeatedBlock } from "../energy/mod.ts";
import type { PowerSample, Rail, SourceInfo, StoredToken } from "../record.ts";
import type { LatchByRail } from "./latch.ts";
import type {
  Batch,
  RepeatedSection,
  RepeatedToken,
  Repetition,
  SequenceAnswer,
} from "./messages.ts";
import type { StepCheck } from "./resolve/mod.ts";

/** Idle power with what is not known about it. */
export interface Baseline {
  idleMw: number | null;
  /** Half the 95 % interval. */
  errorMw: number;
  /** (after − before) ÷ before; `null` where one of them is missing. */
  drift: number | null;
}

/** Steps that were run again and again. Plain data. */
export interface StepEvidence {
  blocks: RepeatedBlock[];
  /** Whether their tokens were those of the plain run; `null` where that was not told. */
  check: StepCheck | null;
  /** Whether it was stopped before all had run. */
  interrupted: boolean;
}

/** What was seen in the measured window, and what is needed to read it. */
export class Evidence {
  /** Passes over the prompt, the last of them perhaps cut short. */
  readonly repetitions: Repetition[] = [];
  /** Tokens by repetition. */
  readonly tokens = new Map<number, RepeatedToken[]>();
  /** Sections of all repetitions. */
  readonly sections: RepeatedSection[] = [];
  /** Steps that were run again and again after the measured window; `null` where none were to be. */
  steps: StepEvidence | null = null;

  /** What the texts of a batch were answered; empty where there was no batch, or it was cut short. */
  answers: readonly SequenceAnswer[] = [];

  /** Takes in what the model's thread sent. */
  add(batch: Omit<Batch, "answers" | "begun"> & Partial<Batch>): void {
    if (batch.answers && batch.answers.length > 0) this.answers = batch.answers;
    this.repetitions.push(...batch.repetitions);
    this.sections.push(...batch.sections);
    for (const token of batch.tokens) {
      const tokens = this.tokens.get(token.repetition) ?? [];
      tokens.push(token);
      this.tokens.set(token.repetition, tokens);
    }
  }

  /** The tokens of one repetition. */
  tokensOf(repetition: Repetition): readonly RepeatedToken[] {
    return this.tokens.get(repetition.index) ?? [];
  }

  /** The repetitions that a mean is taken of: a pass that was cut short counts only when alone. */
  complete(interrupted: boolean): Repetition[] {
    const { repetitions } = this;
    return interrupted && repetitions.length > 1 ? repetitions.slice(0, -1) : [...repetitions];
  }

  /** All tokens, as the store takes them. */
  allTokens(): StoredToken[] {
    return [...this.tokens.values()].flat();
  }
}

/** How power is read: the records and what their source says of them. */
export interface PowerEvidence {
  samples: PowerSample[];
  info: SourceInfo;
  /** Half-width of what is not known about the clocks; `null` without a record. */
  boundMs: number | null;
  latchMs: LatchByRail;
  /** Rails whose counters are published in batches of many records. */
  batchedRails: Rail[];
  baseline: Baseline;
}
