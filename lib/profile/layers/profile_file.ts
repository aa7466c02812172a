/**
 * Reading what ONNX Runtime's profiler writes: a JSON array with one Chrome trace event a line
 * (shared notes on ONNX Runtime, section 3). A file of 130 MB becomes 4 MB of columns; no more than
 * a block of it is in memory at a time.
 *
 * @module
 */
import { InputError } from "../../errors.ts";

/** What a kind of event is about. */
export interface EventLabel {
  /** `run`: a forward pass; `node`: an operation on the host's clock; `gpu`: the same on a GPU's. */
  kind: "run" | "node" | "gpu";
  /** Name of the node; `""` for a pass. */
  name: string;
  /** Its operator; `""` where the event does not tell. */
  opType: string;
  /** `"CPUExecutionProvider"`, …; `""` where the event does not tell. */
  provider: string;
}

/** The events of a profile, in columns, in the order of the file. */
export interface ProfileEvents {
  /** What events are about, each once, in the order of first occurrence. */
  labels: readonly EventLabel[];
  /** Number of events that are of use. */
  count: number;
  /** Index into `labels` by event. */
  labelOf: Int32Array;
  /** Start by event, in µs since the session was created. */
  startUs: Float64Array;
  /** Duration by event. */
  durationUs: Float32Array;
  /** Lines of the file, whatever they were about. */
  lines: number;
  /** Whether the file ends in the middle, as after a crash or on a full disk. */
  isCut: boolean;
  /** Whether the runtime reached its limit and dropped events without a word. */
  isFull: boolean;
}

/** The runtime keeps this many events and drops later ones (`profiler.h`, `max_num_events_`). */
export const MOST_EVENTS = 1_000_000;
const BLOCK_BYTES = 1 << 20;
/** A node of a thousand inputs takes a few hundred KB; more than this is no event. */
const LONGEST_LINE = 1 << 24;
const NEWLINE = 10;
// The five keys stand first and in this order; names with escapes are left to JSON.parse.
const HEAD =
  /^\{"cat" ?: ?"(\w+)", ?"pid" ?: ?-?\d+, ?"tid" ?: ?-?\d+, ?"dur" ?: ?(\d+), ?"ts" ?: ?(-?\d+), ?"ph" ?: ?"X", ?"name" ?: ?"([^"\\]*)"/;
const NODE_SUFFIX = "_kernel_time";

/**
 * Reads the profile at `path`.
 *
 * Events of unknown categories are skipped, as are arguments. A last line without its end is
 * skipped too and told as `isCut`.
 *
 * @throws {InputError} Where the file is missing, empty, or not a profile.
 */
export function readProfile(path: string): ProfileEvents {
  const columns = new EventColumns();
  let lines = 0;
  let isClosed = false;
  let broken: number | null = null; // the number of a line that is no event
  for (const line of linesOf(path)) {
    const text = line.trim();
    if (text === "") continue;
    if (lines++ === 0) {
      if (!text.startsWith("[")) throw corrupt(path, "its first line does not open an array");
      if (text === "[") continue;
    }
    if (broken !== null) throw corrupt(path, `line ${broken} is not an event`);
    if (text === "]") isClosed = true;
    else if (!columns.take(lines === 1 ? text.slice(1) : text)) broken = lines;
  }
  if (lines === 0) throw corrupt(path, "it is empty");
  const isCut = broken !== null || !isClosed;
  return { ...columns.finish(), lines, isCut, isFull: lines >= MOST_EVENTS };
}

class EventColumns {
  readonly #labels: EventLabel[] = [];
  // By category and name, as the file has them; null for what is of no use.
  readonly #known = new Map<string, number | null>();
  #count = 0;
  #labelOf = new Int32Array(1024);
  #startUs = new Float64Array(1024);
  #durationUs = new Float32Array(1024);

  /** Takes one line; returns whether it was an event. */
  take(line: string): boolean {
    const text = line.endsWith(",") ? line.slice(0, -1) : line;
    if (!text.endsWith("}")) return false;
    const head = HEAD.exec(text);
    if (head !== null) {
      const key = `${head[1]} ${head[4]}`;
      const label = this.#known.get(key);
      if (label === null) return true;
      if (label !== undefined) {
        this.#push(label, Number(head[3]), Number(head[2]));
        return true;
      }
    }
    return this.#takeWhole(text);
  }

  finish(): Pick<ProfileEvents, "labels" | "count" | "labelOf" | "startUs" | "durationUs"> {
    return {
      labels: this.#labels,
      count: this.#count,
      labelOf: this.#labelOf.subarray(0, this.#count),
      startUs: this.#startUs.subarray(0, this.#count),
      durationUs: this.#durationUs.subarray(0, this.#count),
    };
  }

  #takeWhole(text: string): boolean {
    let event: Record<string, unknown>;
    try {
      event = JSON.parse(text);
    } catch {
      return false;
    }
    const { cat, name, ts, dur } = event;
    if (typeof cat !== "string" || typeof name !== "string") return true;
    const key = `${cat} ${name}`;
    let label = this.#known.get(key);
    if (label === undefined) {
      const found = labelOf(cat, name, event.args);
      label = found === null ? null : this.#labels.push(found) - 1;
      this.#known.set(key, label);
    }
    const isTimed = typeof ts === "number" && typeof dur === "number" && dur >= 0;
    if (label !== null && isTimed) this.#push(label, ts, dur);
    return true;
  }

  #push(label: number, startUs: number, durationUs: number): void {
    if (this.#count === this.#labelOf.length) {
      this.#labelOf = grown(this.#labelOf, new Int32Array(2 * this.#count));
      this.#startUs = grown(this.#startUs, new Float64Array(2 * this.#count));
      this.#durationUs = grown(this.#durationUs, new Float32Array(2 * this.#count));
    }
    this.#labelOf[this.#count] = label;
    this.#startUs[this.#count] = startUs;
    this.#durationUs[this.#count++] = durationUs;
  }
}

function grown<T extends Int32Array | Float64Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function labelOf(category: string, name: string, args: unknown): EventLabel | null {
  const text = (key: string) => {
    const value = typeof args === "object" && args !== null ? Reflect.get(args, key) : null;
    return typeof value === "string" ? value : "";
  };
  const told = { opType: text("op_name"), provider: text("provider") };
  if (category === "Session" && name === "model_run") {
    return { kind: "run", name: "", opType: "", provider: "" };
  }
  if (category === "Node" && name.endsWith(NODE_SUFFIX)) {
    return { kind: "node", name: name.slice(0, -NODE_SUFFIX.length), ...told };
  }
  // WebGPU: <node>&<program>&<kernel>, by the GPU's own timestamps.
  if (category === "Api" && name.includes("&")) {
    return { kind: "gpu", name: name.slice(0, name.indexOf("&")), ...told };
  }
  return null;
}

function* linesOf(path: string): Generator<string> {
  const block = new Uint8Array(BLOCK_BYTES);
  const decoder = new TextDecoder();
  let rest: Uint8Array = new Uint8Array(0);
  using file = open(path);
  for (let size = file.readSync(block); size !== null; size = file.readSync(block)) {
    let start = 0;
    for (;;) {
      const end = block.indexOf(NEWLINE, start);
      if (end === -1 || end >= size) break;
      const line = block.subarray(start, end);
      yield decoder.decode(rest.length === 0 ? line : joined(rest, line));
      rest = new Uint8Array(0);
      start = end + 1;
    }
    rest = joined(rest, block.subarray(start, size));
    if (rest.length > LONGEST_LINE) {
      throw corrupt(path, `a line is longer than ${LONGEST_LINE} bytes`);
    }
  }
  if (rest.length > 0) yield decoder.decode(rest);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function open(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (cause) {
    throw new InputError(`Cannot read the profile "${path}": ${(cause as Error).message}`, {
      remedy: "check that the folder for temporary files can be read and written",
      cause,
    });
  }
}

function corrupt(path: string, problem: string): InputError {
  return new InputError(`Cannot read "${path}" as a profile of ONNX Runtime: ${problem}`, {
    remedy: "check that the disk for temporary files has room, and profile again",
  });
}
