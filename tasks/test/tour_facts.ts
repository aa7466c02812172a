import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "./step.ts";

/** A number that an executed notebook must tell, and between what physics and common sense allow. */
export interface TourFact {
  notebook: string;
  claim: string;
  /** Its group is the number; every place where it stands is looked at. */
  pattern: RegExp;
  least: number;
  most: number;
}

const fact = (notebook: string, claim: string, pattern: RegExp, least: number, most: number) => (
  { notebook, claim, pattern, least, most }
);

/** Wide, as CI's machines are slow and shared; the last notebook is simulated, and the same everywhere. */
export const TOUR_FACTS: readonly TourFact[] = [
  fact("01", "energy of a token", /^\S+ {2}(\S+) J\/token/gm, 1e-5, 20),
  fact("01", "layers", /(\d+) layers × \d+ tokens/g, 6, 6),
  fact("02", "what timing inside costs", /timed inside it takes ([\d.]+) times/g, 0.5, 200),
  fact("02", "largest parts", /: (\d+) % of the time of decoding/g, 1, 100),
  fact("02", "tokens of the heat map", /6 layers × (\d+) tokens/g, 31, 31),
  fact("02", "energy of a token", /Decode ([\d.e-]+) ±/g, 1e-5, 20),
  fact("03", "energy of reading", /token that is read: ([\d.e+]+) mJ/g, 1e-3, 1e4),
  fact("03", "energy of writing", /One that is written: ([\d.e+]+) mJ/g, 1e-2, 2e4),
  fact("03", "rates", /tokens of prompt: (\d+) tokens\/s/g, 1, 1e5),
  fact("04", "bytes of weights", /a token reads ([\d.]+) MB/g, 1, 11),
  fact("04", "energy of a token", /([\d.e+]+)(?:, [\d.e+]+)* mJ a token/g, 1e-2, 2e4),
  fact("05", "sizes", /: ([\d.]+) M weights/g, 0.5, 30),
  fact("05", "exponent of the law", /to the power (-?[\d.]+) \(/g, -0.5, 3),
  fact("05", "prediction", /^About ([\d.e+-]+) J/gm, 1e-4, 1e3),
  fact("05", "refusal", /Cannot predict: a decode step does ([\d.]+) G operations/g, 2, 3),
  fact("06", "price of the plain sort", /Energy of a call: ([\d.]+) times/g, 0.05, 500),
  fact("06", "powers", / ms at ([\d.e+]+) W/g, 0.01, 2000),
  fact("07", "bound of the dates, ms", /Dated to ± ([\d.]+) ms/g, 1, 60),
  fact("07", "error of the method, %", /Tokenwatt: off by ([\d.]+) %/g, 0, 3),
  fact("07", "error of what does not ask when, %", /records that came: off by ([\d.]+) %/g, 5, 30),
  fact("07", "intervals that hold the truth", /inside the interval in (\d+) of 100/g, 90, 100),
];

/** Whether executed notebooks told what they must. */
export async function judgeFacts(
  folder: string,
  notebooks: readonly string[],
  facts: readonly TourFact[] = TOUR_FACTS,
): Promise<Check[]> {
  const texts = new Map(
    await Promise.all(notebooks.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8").catch(() => null);
      return [name.slice(0, 2), text === null ? "" : wordsOf(text)] as const;
    })),
  );
  return facts.filter(({ notebook }) => texts.has(notebook)).map((fact) => ({
    name: `notebook ${fact.notebook} tells ${fact.claim}`,
    problem: problemOf(texts.get(fact.notebook) ?? "", fact),
  }));
}

function problemOf(text: string, { pattern, least, most }: TourFact): string | null {
  const found = [...text.matchAll(pattern)].map((match) => match[1] ?? "");
  if (found.length === 0) return `nothing in its outputs matches ${pattern}`;
  const wrong = found.find((number) => !(Number(number) >= least && Number(number) <= most));
  return wrong === undefined ? null : `found ${wrong}, expected ${least} to ${most}`;
}

/** All that a notebook put out as text, charts in words among it. */
function wordsOf(notebookText: string): string {
  const { cells } = JSON.parse(notebookText) as {
    cells: {
      outputs?: { text?: string | string[]; data?: Record<string, string | string[]> }[];
    }[];
  };
  return cells.flatMap((cell) => cell.outputs ?? [])
    .map(({ text, data }) => [text ?? data?.["text/plain"] ?? ""].flat().join(""))
    .join("\n");
}
