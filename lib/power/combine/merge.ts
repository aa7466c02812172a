import { nowMs } from "../../clock.ts";
import type { Rail } from "../../record.ts";
import { encodeRecord } from "../raw_json.ts";
import type { RecordEvent, SourceEvent } from "../source.ts";
import { type DatedRecord, Dating } from "./dating.ts";
import type { Share } from "./info.ts";
import { RailHistory } from "./rail_history.ts";

interface Held {
  event: RecordEvent;
  dated: DatedRecord;
  parseMs: number;
}

interface Part {
  name: string;
  share: Share;
  dating: Dating;
  history: RailHistory;
  isLost: boolean;
}

/** A record waits for the other sources no longer than so many of its own length. */
const LONGEST_WAIT = 5;
/** All sources end together, but for some ms. */
const NEARLY = 0.9;
/** A source that is only a cross-check must have begun by then. */
const START_LIMIT_MS = 5000;

/** Puts the rails of later sources on the records of the first. */
export class Merge {
  readonly #parts: Part[];
  readonly #openedMs = nowMs();
  #held: Held[] = [];
  #raw: Record<string, string[]> = {};
  #hasBegun = false;

  constructor(shares: readonly Share[], names: readonly string[]) {
    this.#parts = shares.map((share, i) => ({
      name: names[i]!,
      share,
      dating: new Dating(),
      history: new RailHistory(),
      isLost: false,
    }));
  }

  /** Whether the whole ends with this source: it gives the records, or rails of the total. */
  isNeeded(part: number): boolean {
    return part === 0 || this.#parts[part]!.share.totalRails.length > 0;
  }

  /** Goes on without a source; its rails are not measured from here on. */
  lose(part: number, reason: string): SourceEvent {
    const lost = this.#parts[part]!;
    lost.isLost = true;
    return { loss: { bytes: 0, reason: `${lost.name}: ${reason}` } };
  }

  /** Takes in an event of one source, and gives out what is complete by now. */
  *add(part: number, event: SourceEvent): Generator<SourceEvent> {
    if ("loss" in event) return yield event;
    if ("spawnMs" in event) {
      if (part === 0) yield event;
      return;
    }
    const { dating, history } = this.#parts[part]!;
    const { record, arrivalMs } = event;
    const dated = dating.date(record, arrivalMs);
    if (part > 0) {
      this.#keepRaw(part, event);
      history.add(dated);
    } else this.#held.push({ event, dated, parseMs: event.parseMs ?? nowMs() - arrivalMs });
    yield* this.#giveUpLate();
    while (this.#held[0] !== undefined && this.#isComplete(this.#held[0])) yield* this.#giveOut();
  }

  /** Gives out what is left at the end, as far as the others have measured. */
  *rest(): Generator<SourceEvent> {
    while (this.#held[0] !== undefined && this.#isComplete(this.#held[0], NEARLY)) {
      yield* this.#giveOut();
    }
  }

  #keepRaw(part: number, { raw }: RecordEvent): void {
    (this.#raw[this.#parts[part]!.name] ??= []).push(new TextDecoder().decode(raw));
  }

  *#giveUpLate(): Generator<SourceEvent> {
    if (nowMs() - this.#openedMs < START_LIMIT_MS) return;
    for (const [part, { isLost, history }] of this.#parts.entries()) {
      if (this.isNeeded(part) || isLost || history.startMs < Infinity) continue;
      yield this.lose(part, `no record within ${START_LIMIT_MS / 1000} s`);
    }
  }

  #others(): Part[] {
    return this.#parts.slice(1).filter(({ isLost }) => !isLost);
  }

  #isComplete({ event, dated }: Held, share = 1): boolean {
    const lengthMs = dated.endMs - dated.startMs;
    const isLate = nowMs() - event.arrivalMs > LONGEST_WAIT * lengthMs;
    return this.#others().every(({ history }) =>
      history.endMs >= dated.startMs + share * lengthMs || (isLate && history.startMs < Infinity)
    );
  }

  *#giveOut(): Generator<SourceEvent> {
    const { event, dated, parseMs } = this.#held.shift()!;
    // Only now, so that the last one in each line is that of the line's own record.
    this.#keepRaw(0, event);
    const { startMs, endMs } = dated;
    const middleMs = (startMs + endMs) / 2;
    // Sampling begins when all sources have begun.
    if (!this.#hasBegun && this.#others().some(({ history }) => history.startMs > middleMs)) return;
    this.#hasBegun = true;

    const energyMj: Partial<Record<Rail, number | null>> = {};
    for (const [part, { share, history }] of this.#parts.entries()) {
      const measured = part === 0 ? event.record.energyMj : history.energyMj(startMs, endMs);
      for (const rail of share.rails) energyMj[rail] = measured[rail] ?? null;
      history.forgetBefore(startMs);
    }
    const record = { ...event.record, energyMj };
    const raw = encodeRecord(record, { raw: this.#raw });
    this.#raw = {};
    yield { record, arrivalMs: event.arrivalMs, raw, parseMs };
  }
}
