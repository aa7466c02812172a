/**
 * Whether a model with random weights takes as long as a trained one of its shape. Energy is not
 * measured here.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  buildModel,
  loadModel,
  nowMs,
  openSession,
  type Precision,
  readDecoderConfig,
  type Session,
} from "@tokenwatt/tokenwatt";
import type { Work, WorkMeasure } from "./work.ts";

const TINYTALES = fileURLToPath(new URL("../../models/tinytales", import.meta.url));
const BLOCK_TOKENS = 448;
const PROMPT_TOKENS = 16;

/** One for each precision, and first a trained model against a copy of itself. */
export const RANDOM_WEIGHTS: readonly WorkMeasure[] = [
  {
    ...against(
      "trained-copy",
      "fp32",
      "token time of a trained model's copy ÷ the model",
      TINYTALES,
    ),
    isChance: true,
  },
  ...(["fp32", "fp16", "int8", "int4"] as const).map((precision) =>
    against(`random-${precision}`, precision, "token time of random ÷ trained weights", null)
  ),
];

function against(
  name: string,
  precision: Precision,
  title: string,
  weights: string | null,
): WorkMeasure {
  return {
    name,
    title,
    given: `tinytales, ${precision}`,
    goal: null,
    rounds: 12,
    weight: 0.7,
    async open() {
      const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-bench-" });
      const build = async (weights: string | null, name: string) =>
        (await buildModel(readDecoderConfig(TINYTALES), {
          precision,
          weights,
          outDir: join(folder, name),
        })).path;
      return {
        base: decoding(await build(TINYTALES, "trained")),
        subject: decoding(await build(weights, "other")),
        [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
      };
    },
  };
}

// Where weights come to lie in memory makes up to 7 % of the time, so each turn opens them anew.
function decoding(path: string): Work {
  return async () => {
    await using session = await openSession(await loadModel(path), { threads: 1 });
    await block(session); // warms up
    return await block(session);
  };
}

// Both read the same ids, whatever they would say themselves: only the weights differ.
async function block(session: Session): Promise<number> {
  const id = (index: number) => (index + 1) * 7919 % 1024;
  session.reset();
  await session.run(Array.from({ length: PROMPT_TOKENS }, (_, i) => id(i)));
  const startMs = nowMs();
  for (let i = 0; i < BLOCK_TOKENS; i++) await session.run([id(PROMPT_TOKENS + i)]);
  return (nowMs() - startMs) / BLOCK_TOKENS;
}
