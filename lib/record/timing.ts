/** The phases of a run, as `pipeline_sections` stores them. */
export type Phase = "idle" | "pre_inference" | "prefill" | "decode" | "post_inference";

/** A named piece of work inside a phase. */
export interface Section {
  /** The phase that it belongs to. */
  phase: Phase;
  /** What was done: `tokenize`, `forward`, `sampling`, … */
  name: string;
  /** Start, on the clock of `nowMs()`. */
  startMs: number;
  /** End. */
  endMs: number;
}

/** One generated token, as it comes out of `generate()`. Index 0 comes out of the prefill. */
export interface TokenEvent {
  /** 0 for the token that comes out of the prefill. */
  index: number;
  /** Its number in the vocabulary. */
  id: number;
  /** What it adds to the text. */
  text: string;
  /** The phase that it came out of. */
  phase: "prefill" | "decode";
  /** Start, on the clock of `nowMs()`. */
  startMs: number;
  /** End. */
  endMs: number;
}
