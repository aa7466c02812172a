/** A value that fragments of code may use without making it. */
export interface Given {
  name: string;
  /** Its type, in TypeScript; names of types come from the door, too. */
  type: string;
}

/** What a fragment is completed with. */
export interface Surroundings {
  /** The address of the library's door. */
  door: string;
  /** The values that the door exports. */
  exported: readonly string[];
  given: readonly Given[];
}

const NAME = "@tokenwatt/tokenwatt";

/**
 * A whole module of a fragment of code: what it uses of the door and does not import is imported,
 * and what it uses of the given values and does not make is declared. It can be checked, not run.
 */
export function moduleOf(fragment: string, { door, exported, given }: Surroundings): string {
  const isUsed = (name: string) => new RegExp(`(?<![.\\w"])${name}\\b(?!:)`).test(fragment);
  const isMade = (name: string) =>
    new RegExp(`\\b(?:const|let|using|function|class)\\s+${name}\\b`).test(fragment) ||
    [...fragment.matchAll(/^import[^;]*;/gm)].some(([line]) =>
      new RegExp(`\\b${name}\\b`).test(line)
    );
  const imports = exported.filter((name) => isUsed(name) && !isMade(name));
  const declarations = given.filter(({ name }) => isUsed(name) && !isMade(name))
    .map(({ name, type }) => `declare const ${name}: ${type};\n`);
  return `import { ${imports.join(", ")} } from "${door}";\nimport type * as T from "${door}";\n` +
    fragment.replaceAll(`"${NAME}"`, `"${door}"`) + declarations.join("") +
    "export type _ = T.Rail;\n";
}
