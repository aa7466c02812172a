/** Folders in which users and temporary files live, on any machine; `/sys` and `/usr` are alike everywhere. */
const PLACES =
  /(?:\/(?:home|Users|root|tmp|var\/folders|private)\/[\w.-]+|[A-Z]:\\Users\\[\w.-]+)/g;

/** What a text tells of the machine that it was made on: paths, and this folder's. */
export function traces(text: string, root: string): string[] {
  const own = text.includes(root) ? [root] : [];
  return [...own, ...text.match(PLACES) ?? []];
}
