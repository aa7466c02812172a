/**
 * Peers that live in a process of their own and are asked a line of JSON at a time.
 *
 * @module
 */
import { TextLineStream } from "./text_lines.ts";

/** A program that answers each order, a line of JSON, with one. */
export interface LinePeer extends AsyncDisposable {
  ask(order: object): Promise<Record<string, unknown>>;
}

/** Starts a program. It says a first line when it is ready, and ends when its input does. */
export async function linePeer(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<LinePeer> {
  const child = new Deno.Command(program, {
    args: [...args],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.read();
    if (done) throw new Error(`Cannot go on: ${program} ${args.join(" ")} has ended`);
    return JSON.parse(value);
  };
  await next();
  return {
    async ask(order) {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
      return await next();
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await lines.cancel();
      await child.status;
    },
  };
}
