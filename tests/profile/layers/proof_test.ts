import assert from "node:assert/strict";
import { loadModel, type Model } from "../../../lib/model/mod.ts";
import { type InsideTimes, profileTokens, timingsOf } from "../../../lib/profile/mod.ts";
import { buildUneven, type Oddities, UNEVEN } from "../../fixtures/uneven_model.ts";
import { SMALL, temporaryFolder } from "../../model/checkpoints.ts";

/** A prompt so long that products of matrices are bound by arithmetic, and not by memory. */
const PROMPT = Array.from({ length: 128 }, (_, i) => (i * 37) % 256);
const ROUNDS = 8;

async function withModel(oddities: Oddities, test: (model: Model) => Promise<void>): Promise<void> {
  using folder = temporaryFolder();
  await test(await loadModel(await buildUneven(folder.path, oddities)));
}

/** The least that each component took in some prefills, in ms: other programs only ever add. */
async function least(model: Model): Promise<(layer: number | null, component: string) => number> {
  const rounds: InsideTimes[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const options = { ids: PROMPT, promptLength: PROMPT.length, threads: 1, spin: false };
    rounds.push(await profileTokens(model, options));
  }
  return (layer, component) => {
    const times = rounds.map((times) =>
      timingsOf(times).find((one) => one.layer === layer && one.component === component)
        ?.durationMs ?? 0
    );
    return Math.min(...times);
  };
}

/** Other programs may disturb one try; what is wrong stays wrong in three. */
async function within3Tries(attempt: () => Promise<void>): Promise<void> {
  for (let left = 2;; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

const PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj"];
const MLP = ["gate_proj", "up_proj", "down_proj"];
const LAYERS = [0, 1, 2, 3, 4];

Deno.test("An MLP 4 times wider in layer 3 and 4 times the heads in layer 1 show there, by FLOPs", async () => {
  await withModel({ wideMlp: 3, manyHeads: 1 }, (model) =>
    within3Tries(async () => {
      const ms = await least(model);
      const hidden = Number(UNEVEN.hidden_size);
      const flops = (layer: number, component: string) => {
        const isMlp = MLP.includes(component);
        const factor = layer === (isMlp ? 3 : 1) ? 4 : 1;
        return factor * hidden * (isMlp ? Number(UNEVEN.intermediate_size) : hidden);
      };
      const parts = LAYERS.flatMap((layer) =>
        [PROJECTIONS, MLP].map((components) => ({
          name: `layer ${layer}, ${components[0]} …`,
          ms: components.reduce((sum, one) => sum + ms(layer, one), 0),
          flops: components.reduce((sum, one) => sum + flops(layer, one), 0),
        }))
      );
      const totalMs = parts.reduce((sum, part) => sum + part.ms, 0);
      const totalFlops = parts.reduce((sum, part) => sum + part.flops, 0);
      for (const part of parts) {
        const ratio = (part.ms / totalMs) / (part.flops / totalFlops);
        const isHeavy = part.flops / totalFlops > 0.15;
        const most = isHeavy ? 0.1 : 0.25;
        assert.ok(Math.abs(ratio - 1) < most, `${part.name}: ${ratio} of its share of FLOPs`);
      }
      // Scores and values of 4 times the heads: attention itself.
      const others = [0, 2, 4].map((layer) => ms(layer, "attention"));
      const factor = ms(1, "attention") / (others.reduce((sum, one) => sum + one, 0) / 3);
      assert.ok(
        factor > 2.5 && factor < 6,
        `attention of layer 1 takes ${factor} times the others'`,
      );
    }));
});

Deno.test("A projection replaced by Identity drops to nothing", async () => {
  await withModel({ identityOutput: 2 }, (model) =>
    within3Tries(async () => {
      const ms = await least(model);
      assert.ok(ms(2, "o_proj") < 0.02 * ms(1, "o_proj"), `${ms(2, "o_proj")} ms`);
      assert.ok(ms(3, "o_proj") > 0.7 * ms(1, "o_proj"));
    }));
});

Deno.test("A model without any names of nodes is profiled layer by layer", async () => {
  using folder = temporaryFolder();
  const config = { ...SMALL, num_attention_heads: 4, head_dim: null };
  const model = await loadModel(await buildUneven(folder.path, { isAnonymous: true }, config));
  for (const optimization of ["disabled", "basic", "extended", "all"] as const) {
    const times = await profileTokens(model, { ids: [3, 5, 7, 9], promptLength: 2, optimization });
    for (const layer of [0, 1]) {
      for (const component of [...PROJECTIONS, ...MLP, "attention"]) {
        assert.ok(
          times.places.some((place) => place.layer === layer && place.component === component),
          `${optimization}: layer ${layer} has no ${component}`,
        );
      }
    }
    assert.ok(times.phases.every(({ coverage }) => coverage > 0.95), optimization);
  }
});
