/** Real exports live outside the repository: tests on them run where they are, and say so where not. */
import { resolve } from "node:path";

const root = resolve(import.meta.dirname!, "../../../shared/data/onnx");

/** A test over the export in `folder`; skipped aloud where it is absent. */
export function sharedTest(
  name: string,
  folder: string,
  run: (path: string) => Promise<void>,
): void {
  const path = `${root}/${folder}`;
  const isThere = exists(path);
  // deno-lint-ignore no-console
  if (!isThere) console.warn(`SKIPPED ${name}: ${path} is not on this machine`);
  Deno.test({ name, ignore: !isThere, fn: () => run(path) });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
