import { InputError } from "../../lib/errors.ts";
import { userPath } from "../frame/mod.ts";

const MOST_BYTES = 4096;

/**
 * The token in `file`, else in `HF_TOKEN`; `null` where there is neither.
 *
 * @throws {InputError} if it cannot be a token; what was read is never shown
 */
export function readToken(file: string | undefined): string | null {
  const token = file === undefined ? Deno.env.get("HF_TOKEN") : textOf(userPath(file));
  const text = token?.trim() ?? "";
  if (text === "" && file === undefined) return null;
  if (/^[\x21-\x7e]{1,512}$/.test(text)) return text;
  throw new InputError(`Cannot use ${file === undefined ? "HF_TOKEN" : `"${file}"`} as a token`, {
    remedy: "it must hold one token, such as hf_…, and nothing else",
  });
}

function textOf(path: string): string {
  try {
    const { isFile, size } = Deno.statSync(path); // reading a pipe would wait for ever
    if (isFile && size <= MOST_BYTES) return Deno.readTextFileSync(path);
  } catch (error) {
    const [detail] = (error as Error).message.split("\n");
    throw new InputError(`Cannot read the token: ${detail}`, {
      remedy: "pass a file that can be read with --token-file, or set HF_TOKEN",
    });
  }
  return "";
}
