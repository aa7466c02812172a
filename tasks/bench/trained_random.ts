/**
 * Whether a model with random weights takes as long as a trained one of its shape: tinytales and a
 * random twin read the same ids in turns. A second comparison, of tinytales with a copy of itself,
 * shows how far chance alone goes. Energy is not measured here.
 *
 * `deno run -A --config tasks/bench/deno.json tasks/bench/trained_random.ts`
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { fileURLToPath } from "node:url";
import { Option } from "@commander-js/extra-typings";
import {
  buildModel,
  loadModel,
  nowMs,
  openSession,
  type Precision,
  readDecoderConfig,
  type Session,
} from "@tokenwatt/tokenwatt";
import { command, integer, ProgressBar, runCommand } from "../frame/mod.ts";
import { watchForeignLoad } from "./foreign_load.ts";
import { estimate, quietest, type Round, timeRatio } from "./statistics.ts";

const TINYTALES = fileURLToPath(new URL("../../models/tinytales", import.meta.url));
const PRECISIONS: readonly Precision[] = ["fp32", "fp16", "int8", "int4"];
const BLOCK_TOKENS = 448;
const PROMPT_TOKENS = 16;

const task = command("bench", "Compare the times of trained and random weights.")
  .addOption(new Option("--pairs <count>", "pairs of sessions").argParser(integer(6)).default(12))
  .action(async ({ pairs }) => {
    const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-trained-random-" });
    const bar = new ProgressBar(false);
    try {
      console.log("| Precision | Ratio | Time (95 %) | CPU time | Disturbed by, CPUs |");
      console.log("| --------- | ----- | ----------- | -------- | ------------------ |");
      for (const precision of PRECISIONS) {
        const build = async (name: string, weights: string | null) =>
          (await buildModel(readDecoderConfig(TINYTALES), {
            precision,
            weights,
            outDir: `${folder}/${precision}-${name}`,
          })).path;
        const trained = await build("trained", TINYTALES);
        for (const [what, other] of [["random", null], ["itself", TINYTALES]] as const) {
          const path = await build(what, other);
          const rounds: TimedRound[] = [];
          for (let pair = 0; pair < pairs; pair++) {
            bar.draw(pair / pairs, `${precision}: ${what} against trained`);
            rounds.push(await comparePair(trained, path, pair % 2 === 1));
          }
          bar.clear();
          console.log(line(precision, `${what} ÷ trained`, rounds));
        }
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });

interface TimedRound extends Round {
  cpuRatio: number;
}

// Where weights come to lie in memory makes up to 7 % of the time, so each pair is opened anew.
async function comparePair(base: string, subject: string, swapped: boolean): Promise<TimedRound> {
  const paths = swapped ? [subject, base] : [base, subject];
  const open = async (path: string) => await openSession(await loadModel(path), { threads: 1 });
  await using first = await open(paths[0]!);
  await using second = await open(paths[1]!);
  for (const session of [first, second]) await block(session); // warms up
  const foreignCpus = watchForeignLoad();
  const blocks: Block[] = [];
  for (const session of [first, second, second, first]) blocks.push(await block(session));
  const [a, b, c, d] = blocks as [Block, Block, Block, Block];
  const [own, others] = swapped ? [[b, c], [a, d]] : [[a, d], [b, c]];
  const cpu = (two: Block[]) => two.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const times = (two: Block[]) => two.map(({ tokenMs }) => tokenMs) as [number, number];
  return {
    baseMs: times(own!),
    subjectMs: times(others!),
    foreignCpus: foreignCpus(),
    cpuRatio: cpu(others!) / cpu(own!),
  };
}

interface Block {
  tokenMs: number;
  cpuMs: number;
}

// Both read the same ids, whatever they would say themselves: only the weights differ.
async function block(session: Session): Promise<Block> {
  const id = (index: number) => (index + 1) * 7919 % 1024;
  session.reset();
  await session.run(Array.from({ length: PROMPT_TOKENS }, (_, i) => id(i)));
  const [startMs, before] = [nowMs(), cpuUsage()];
  for (let i = 0; i < BLOCK_TOKENS; i++) await session.run([id(PROMPT_TOKENS + i)]);
  const used = cpuUsage(before);
  return {
    tokenMs: (nowMs() - startMs) / BLOCK_TOKENS,
    cpuMs: (used.user + used.system) / 1000,
  };
}

function line(precision: string, what: string, rounds: readonly TimedRound[]): string {
  const kept = quietest(rounds, Math.max(6, Math.ceil(rounds.length * 2 / 3))) as TimedRound[];
  const time = estimate(kept.map(timeRatio));
  const cpu = estimate(kept.map(({ cpuRatio }) => cpuRatio));
  const foreign = Math.max(...kept.map(({ foreignCpus }) => foreignCpus));
  const shown = [time.median, time.low, time.high].map((value) => value?.toFixed(3) ?? "?");
  return `| ${precision} | ${what} | ${shown[0]} (${shown[1]} … ${shown[2]}) | ${
    cpu.median.toFixed(3)
  } | ${foreign.toFixed(2)} |`;
}

if (import.meta.main) await runCommand(task);
