import assert from "node:assert/strict";
import { declarationAt } from "../../tasks/docs/declaration.ts";

const declared = (source: string, name = "one") => declarationAt(source, 0, name);

Deno.test("declarationAt() leaves a function's body out, whatever its type looks like", () => {
  const body = '  return "}";\n}\n';
  assert.equal(
    declared(`export async function one(a: A = {}): Promise<B> {\n${body}`),
    "function one(a: A = {}): Promise<B>;",
  );
  const long = "function one(\n  { a }: A,\n  // Why not b?\n  b: { c: C },\n): {\n  d: D;\n}";
  assert.equal(declared(`export ${long} {\n${body}`), `${long};`);
});

Deno.test("declarationAt() keeps all of a type, with its comments", () => {
  for (
    const text of [
      "interface one {\n  /** A machine's; own. */\n  a: {\n    b: B;\n  };\n}",
      'type one = "a" | "b";',
      'type one =\n  | "a"\n  | {\n    b: B;\n  };',
      "type one = {\n  a: A;\n  b: B;\n};",
      "type one = Pick<\n  A,\n  B\n>;",
    ]
  ) assert.equal(declared(`export ${text}\n\nexport const two = 2;\n`), text);
});

Deno.test("declarationAt() tells a constant's type, or its value where that is all", () => {
  assert.equal(
    declared("export const one: readonly A[] = [\n  a,\n];"),
    "const one: readonly A[];",
  );
  assert.equal(declared("export const one = 3_600_000;"), "const one = 3_600_000;");
});

Deno.test("declarationAt() leaves out what is private in a class", () => {
  const source = `export class Inner implements A {
  readonly #a: A;
  /** What it is. */
  readonly b: B = {
    c: 1,
  };

  /** @internal */
  protected constructor(a: A) {
    this.#a = a;
  }

  #hidden(): void {
    if (this.b) {
      return;
    }
  }

  /**
   * Says so.
   */
  static async said(
    a: A,
    b = 1,
  ): Promise<B> {
    return await a;
  }
}
`;
  assert.equal(
    declared(source, "Outer"),
    `class Outer implements A {
  /** What it is. */
  readonly b: B;

  /**
   * Says so.
   */
  static async said(
    a: A,
    b = 1,
  ): Promise<B>;
}`,
  );
});

Deno.test("declarationAt() throws where it cannot read on", () => {
  assert.throws(() => declared("export default 1;"), /Cannot read the declaration of one/);
  assert.throws(() => declared("export interface one {\n  a: A;"), /Cannot find where/);
});
