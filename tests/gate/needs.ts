/** Registers a test that only runs where `lacking` is `null`; elsewhere its reason is printed. */
export function testUnless(
  lacking: string | null,
  name: string,
  fn: () => void | Promise<void>,
): void {
  if (lacking !== null) console.warn(`SKIPPED ${name}: ${lacking}`);
  Deno.test({ name, fn, ignore: lacking !== null });
}
