import { createSampler, type Session, type SessionMark } from "../../inference/mod.ts";

/** Whether what came out of repeated steps is what the plain run said. */
export interface StepCheck {
  /** Passes whose token was looked at. */
  checked: number;
  /** Of them those with another token. */
  differing: number;
  /** The first token that came out otherwise; `null` where none did. */
  firstDiffering: number | null;
}

/** Tokens of a pass over a long prompt, as `generate()` has it. */
const CHUNK = 512;

/** The steps of an answer, each of which can be run at its place as often as is wished. */
export class Steps {
  readonly check: StepCheck = { checked: 0, differing: 0, firstDiffering: null };
  readonly #session: Session;
  readonly #prompt: readonly number[];
  readonly #answer: readonly number[];
  /** What each step should say; at random sampling that is learned from its first pass. */
  readonly #expected: (number | undefined)[];
  readonly #choose = createSampler();
  #chunk = CHUNK;

  private constructor(
    session: Session,
    prompt: readonly number[],
    answer: readonly number[],
    isGreedy: boolean,
  ) {
    this.#session = session;
    this.#prompt = prompt;
    this.#answer = answer;
    this.#expected = isGreedy ? [...answer] : answer.map(() => undefined);
  }

  /** Steps of a session whose cache is emptied. */
  static async begin(
    session: Session,
    { prompt, answer, isGreedy }: {
      prompt: readonly number[];
      answer: readonly number[];
      isGreedy: boolean;
    },
  ): Promise<Steps> {
    const steps = new Steps(session, prompt, answer, isGreedy);
    session.reset(prompt.length + answer.length);
    steps.#chunk = await session.passLength(prompt.length, CHUNK);
    return steps;
  }

  /** The place that the session is at, to come back to. */
  mark(): SessionMark {
    const mark = this.#session.mark?.();
    if (mark) return mark;
    throw new Error("Cannot repeat steps: this session cannot go back to an earlier token");
  }

  /** Runs the step that token `index` came out of, and compares; 0 is the prefill. */
  async run(index: number): Promise<void> {
    const logits = index === 0
      ? await this.#prefill()
      : await this.#session.run([this.#answer[index - 1]!]);
    const id = this.#choose(logits);
    const expected = this.#expected[index] ??= id;
    this.check.checked++;
    if (id === expected) return;
    this.check.differing++;
    this.check.firstDiffering ??= index;
  }

  async #prefill(): Promise<Float32Array> {
    let rest = this.#prompt;
    while (rest.length > this.#chunk) {
      await this.#session.extend(rest.slice(0, this.#chunk));
      rest = rest.slice(this.#chunk);
    }
    return await this.#session.run(rest);
  }
}
