/**
 * What the page may do, and data that cannot leave its place.
 *
 * @module
 */

/**
 * A content-security policy that allows these styles and scripts, by hash, and pictures inside the
 * page: nothing is loaded, sent, framed or evaluated.
 */
export async function policy(
  styles: readonly string[],
  scripts: readonly string[],
): Promise<string> {
  const [style, script] = await Promise.all([styles, scripts].map(sources));
  return `default-src 'none'; style-src ${style}; script-src ${script}; img-src data:; ` +
    "base-uri 'none'; form-action 'none'";
}

async function sources(texts: readonly string[]): Promise<string> {
  const hashes = await Promise.all(texts.map(async (text) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return `'sha256-${new Uint8Array(digest).toBase64()}'`;
  }));
  return hashes.join(" ");
}

/** JSON that may stand inside a `script` element: no text in it can end the element, or begin another. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
