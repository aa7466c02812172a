/** Whether this is the compiled program: there `deno task show` is `tokenwatt show`. */
export function isCompiled(): boolean {
  return Deno.build.standalone;
}

/** Help and messages, as they are to be typed here. */
export function asTyped(text: string, compiled = isCompiled()): string {
  return compiled ? text.replaceAll(/\bdeno task (?=[\w-])/g, "tokenwatt ") : text;
}
