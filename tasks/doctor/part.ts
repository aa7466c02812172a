import { InputError } from "../../lib/errors.ts";

/** One thing that a run needs or can use, as this machine has it. */
export interface Part {
  /** Its name for programs. */
  part: string;
  /** Its name for people. */
  label: string;
  works: boolean;
  /** Whether `deno task profile` cannot run without it. */
  required: boolean;
  /** What was found; `null` where nothing was. */
  found: string | null;
  /** Why it does not work; `null` where it does. */
  reason: string | null;
  /** What to do; `null` where it works. */
  remedy: string | null;
}

/** What an examination comes to. */
export type Answer =
  | { found: string }
  | { found?: string; reason: string; remedy: string };

/** Who is asked, and whether it matters. */
export type Question = Pick<Part, "part" | "label" | "required">;

/** Examines one part. What goes wrong while looking is an answer too: the other parts still matter. */
export async function examine(
  question: Question,
  look: () => Answer | Promise<Answer>,
): Promise<Part> {
  let answer: Answer;
  try {
    answer = await look();
  } catch (error) {
    answer = answerOf(error);
  }
  return "reason" in answer
    ? { ...question, works: false, found: null, ...answer }
    : { ...question, works: true, reason: null, remedy: null, ...answer };
}

/** An error as an answer, in its first line. */
export function answerOf(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InputError) {
    return { reason: message.slice(0, -`; ${error.remedy}`.length), remedy: error.remedy };
  }
  const remedy = error instanceof Deno.errors.NotCapable
    ? "choose a place that Deno opens to this task, not /proc, /sys or /dev"
    : error instanceof Deno.errors.PermissionDenied
    ? "choose a place that you may read and write"
    : "report this as a defect of Tokenwatt";
  return { reason: message.trim().split("\n")[0] ?? "", remedy };
}
