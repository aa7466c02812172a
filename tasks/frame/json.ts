/**
 * What JSON leaves as it is and a terminal obeys or hides: C1 controls, of which U+009B begins an
 * escape sequence, and bidirectional and invisible marks.
 */
const OBEYED = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Prints one JSON document. It is read back exactly, and no text in it moves the terminal. */
export function printJson(value: unknown): void {
  const escaped = (character: string) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  console.log(JSON.stringify(value, null, 2).replace(OBEYED, escaped));
}
