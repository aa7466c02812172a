/** Whether this is the compiled program: there `deno task show` is `tokenwatt show`. */
export function isCompiled(): boolean {
  return Deno.build.standalone;
}

/** Commands that the compiled program does not have: they need the checkout. */
export const IN_CHECKOUT = [
  ...["fleet", "experiment", "pull", "setup", "notebook", "tour", "accuracy", "bench"],
  ...["compile", "docs", "test"],
] as const;

const OWN = new RegExp(`\\bdeno task (?!(?:${IN_CHECKOUT.join("|")})\\b)(?=[a-z])`, "g");

/** Help and messages, as they are to be typed here. */
export function asTyped(text: string, compiled = isCompiled()): string {
  return compiled ? text.replaceAll(OWN, "tokenwatt ") : text;
}
