/**
 * Chat templates: small Jinja programs that models bring along. They come from strangers, so each
 * runs for a bounded number of steps and makes values of bounded size.
 *
 * @module
 */
import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { nowMs } from "../clock.ts";
import { InputError } from "../errors.ts";

/** Real templates have up to some 20,000. */
const MOST_TEMPLATE_CHARACTERS = 100_000;
/** The library's lexer takes 10 s for 100,000 spaces in a row: its time grows with their square. */
const MOST_SPACES = /\s{2000}/;
/** Conversations with tools take some 10,000. */
const MOST_STEPS = 1_000_000;
/** Steps over long lists are slow ones. */
const MOST_MS = 2000;
const MOST_ITEMS = 100_000;
/** Characters that a value may come to when it is written out, an item of a list counted as 16. */
const MOST_CHARACTERS = 16_000_000;

type Evaluate = Interpreter["evaluate"];

// Looking at each value as it comes bounds memory too: one step can do no more than double it or
// write it out. Filters that repeat text end at V8's 512 MB a string.
class BoundedInterpreter extends Interpreter {
  #steps = 0;
  #endMs = nowMs() + MOST_MS;

  override evaluate(...[statement, environment]: Parameters<Evaluate>): ReturnType<Evaluate> {
    if (++this.#steps > MOST_STEPS) throw new Error(`it does not end within ${MOST_STEPS} steps`);
    if (nowMs() > this.#endMs) throw new Error(`it does not end within ${MOST_MS} ms`);
    const result = super.evaluate(statement, environment);
    if (written(result, new Map()) > MOST_CHARACTERS) {
      throw new Error(`it writes more than ${MOST_CHARACTERS} characters`);
    }
    return result;
  }
}

// A list may hold one other many times over: what is seen once is not gone through again.
function written(value: unknown, seen: Map<unknown, number>): number {
  const content = (value as { value?: unknown } | null | undefined)?.value;
  if (typeof content === "string") return content.length;
  const items = Array.isArray(content) ? content : content instanceof Map ? content.values() : null;
  if (items === null) return 1;
  const known = seen.get(content);
  if (known !== undefined) return known;
  seen.set(content, 0); // it may hold itself
  let sum = 16;
  for (const item of items) {
    sum += 16 + written(item, seen);
    if (sum > MOST_CHARACTERS) break;
  }
  seen.set(content, sum);
  return sum;
}

/** Renders the template from the file at `path`; `InputError` where it cannot be, or refuses. */
export function renderTemplate(
  path: string,
  template: string,
  values: Record<string, unknown>,
): string {
  if (template.length > MOST_TEMPLATE_CHARACTERS) {
    throw refuse(path, `it has ${template.length} characters`);
  }
  if (MOST_SPACES.test(template)) throw refuse(path, "it has 2000 spaces in a row");
  try {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals(), ...values })) {
      environment.set(name, value);
    }
    // Hugging Face renders with these two (transformers, chat_template_utils.py).
    const program = parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
    const { value } = new BoundedInterpreter(environment).run(program) as { value: unknown };
    if (typeof value === "string") return value;
    throw new Error("it gives no text");
  } catch (cause) {
    throw refuse(path, cause instanceof Error ? cause.message.split("\n")[0]! : String(cause));
  }
}

function globals(): Record<string, unknown> {
  return {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    raise_exception(message: unknown) {
      throw new Error(`it refuses the messages: ${message}`);
    },
    range,
    strftime_now,
  };
}

function range(first: number, end?: number, step = 1): number[] {
  const [from, to] = end === undefined ? [0, first] : [first, end];
  const count = Math.ceil((to - from) / step);
  if (count > MOST_ITEMS) throw new Error(`it makes a list of ${count} items`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => from + index * step);
}

// What Llama 3 and its kin ask for: "%d %b %Y" and the like, in English.
function strftime_now(format: string): string {
  const now = new Date();
  const part = (options: Intl.DateTimeFormatOptions) => now.toLocaleDateString("en-US", options);
  const two = (value: number) => String(value).padStart(2, "0");
  const parts: Record<string, string> = {
    Y: String(now.getFullYear()),
    y: two(now.getFullYear() % 100),
    m: two(now.getMonth() + 1),
    d: two(now.getDate()),
    B: part({ month: "long" }),
    b: part({ month: "short" }),
    A: part({ weekday: "long" }),
    a: part({ weekday: "short" }),
    H: two(now.getHours()),
    I: two(now.getHours() % 12 || 12),
    M: two(now.getMinutes()),
    S: two(now.getSeconds()),
    p: now.getHours() < 12 ? "AM" : "PM",
    "%": "%",
  };
  return String(format).replace(/%(-?)([A-Za-z%])/g, (all, bare: string, key: string) => {
    const text = parts[key] ?? all;
    return bare === "" ? text : text.replace(/^0(?=\d)/, "");
  });
}

function refuse(path: string, problem: string): InputError {
  return new InputError(`Cannot use the chat template in "${path}": ${problem}`, {
    remedy: "write the prompt without it, or replace it with the original model's template",
  });
}
