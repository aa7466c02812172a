/**
 * What looking inside costs: ours, and that of PyTorch's forward hooks.
 *
 * @module
 */
import {
  generate,
  LayerProfiler,
  type LayerProfilerOptions,
  loadModel,
  profile,
} from "@tokenwatt/tokenwatt";
import type { BenchModel } from "./bench_models.ts";
import type { Answer, Contestant } from "./contest.ts";
import { LONG, type Measure, SHORT, sides } from "./measure.ts";
import { tokenwatt } from "./tokenwatt.ts";
import { torchPeer, whyNoTorch } from "./torch_peer.ts";

/** The measures, in the order of the table. */
export const INSIDE_MEASURES: readonly Measure[] = [
  {
    name: "profile",
    title: "tokens/s of the clean pass in profile() ÷ a bare session.run loop",
    figure: "speed",
    goal: { atLeast: 0.98 },
    onAllContexts: false,
    ...SHORT,
    weight: 5, // each answer opens and warms up anew
    rounds: 12,
    open: (model, ids, threads) =>
      Promise.resolve(
        sides(nothing, {
          base: freshBareLoop(model, ids, threads),
          subject: cleanPass(model, threads),
        }),
      ),
  },
  layerProfiler("layers", "LayerProfiler, times only,", { activations: false }),
  layerProfiler("activations", "LayerProfiler and activation statistics", { activations: true }),
  torchHooks("torch-times", "times", "forward hooks that time every module"),
  torchHooks("torch-statistics", "statistics", "the same hooks with activation statistics"),
];

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

// profile() opens a session for each run, and sessions of one file differ in speed by up to 7 % by
// where their weights lie: the loop opens one for each answer too.
function freshBareLoop(model: BenchModel, ids: readonly number[], threads: number): Contestant {
  return {
    async answer() {
      const { bareLoop } = await import("./bare_loop.ts");
      await using loop = await bareLoop(model, ids, threads);
      await loop.answer(); // warms up, as profile() does
      return await loop.answer();
    },
  };
}

/**
 * The tokens of `profile()`, which runs the model on a thread of its own beside its monitor. Warmed
 * up: a thread that has just begun has compiled nothing of its JavaScript.
 */
function cleanPass({ model, prompt, maxNewTokens }: BenchModel, threads: number): Contestant {
  return {
    async answer(): Promise<Answer> {
      const run = await profile(
        await loadModel(model.path),
        [...prompt],
        {
          maxNewTokens,
          threads,
          source: "estimate",
          baselineSeconds: 0,
          minSeconds: 0.3,
        },
      );
      return {
        ids: run.tokens.map(({ id }) => id),
        endsMs: run.tokens.map(({ endMs }) => endMs),
      };
    },
  };
}

function layerProfiler(name: string, what: string, options: LayerProfilerOptions): Measure {
  return {
    name,
    title: `token time with ${what} ÷ without`,
    figure: "time",
    goal: null,
    onAllContexts: false,
    ...SHORT,
    weight: 2,
    rounds: 12,
    async open(model, _ids, threads) {
      const own = await tokenwatt(model, threads);
      return sides(own, { base: own, subject: profiled(model, threads, options) });
    },
  };
}

function profiled(
  { model, prompt, maxNewTokens }: BenchModel,
  threads: number,
  options: LayerProfilerOptions,
): Contestant {
  return {
    async answer() {
      const answer: Answer = { ids: [], endsMs: [] };
      using profiler = new LayerProfiler(model, options).attach();
      const settings = { maxNewTokens, threads, prefillChunk: prompt.length };
      for await (const token of generate(model, prompt, settings)) {
        answer.ids.push(token.id);
        answer.endsMs.push(token.endMs);
      }
      if (profiler.timings().length === 0) throw new Error("Nothing was timed");
      return answer;
    },
  };
}

function torchHooks(name: string, hooks: "times" | "statistics", what: string): Measure {
  return {
    name,
    title: `token time of PyTorch with ${what} ÷ without`,
    figure: "time",
    goal: null,
    onAllContexts: false,
    ...LONG,
    weight: 2,
    settleMs: 0,
    rounds: 8,
    onlyModel: "llama-12x768",
    watchesLoad: false, // PyTorch runs in a process of its own
    whyNot: whyNoTorch,
    async open(model, ids, threads) {
      const peer = await torchPeer(ids, model.maxNewTokens, threads);
      return sides(peer, { base: peer.with("none"), subject: peer.with(hooks) });
    },
  };
}
