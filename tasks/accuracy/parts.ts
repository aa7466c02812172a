import { attributeEnergy } from "../../lib/energy/mod.ts";
import { RIG_RAILS, SeededRandom } from "../../lib/power/rig/mod.ts";
import type { Span } from "../../lib/record.ts";
import type { Family } from "./families.ts";
import { generations } from "./generations.ts";
import { judged, type Trial } from "./trial.ts";

const LAYERS = 12;
const COMPONENTS = 10;
const RAIL_PRIOR_MS = [-5, 40] as const;

/**
 * Layers and components of one long decode phase, by their share of time: layers differ by up to 20 %
 * in power, components by up to four times.
 */
export function partTrials(seed: number, family: Family): Trial[] {
  const random = new SeededRandom(seed);
  const played = generations({ seed, family, tokenMs: 60, shape: "equal", repetitions: 1 });
  const [, ...decoded] = played.repetitions[0]!;
  const [startMs, endMs] = [decoded[0]!.startMs, decoded.at(-1)!.endMs];
  const layers = Array.from({ length: LAYERS }, () => ({
    weight: random.between(0.95, 1.05),
    power: random.between(0.8, 1.2),
    components: Array.from({ length: COMPONENTS }, () => ({
      weight: random.between(0.02, 1),
      power: random.between(0.5, 2),
    })),
  }));
  const part = (kind: Span["kind"], name: string, weight: number, children: Span[]): Span => (
    { kind, name, startMs: null, endMs: null, weight, children }
  );
  const tree = attributeEnergy(
    {
      kind: "phase",
      name: "decode",
      startMs,
      endMs,
      children: layers.map(({ weight, components }, at) =>
        part(
          "layer",
          `${at}`,
          weight,
          components.map((one, i) => part("component", `${at} ${i}`, one.weight, [])),
        )
      ),
    },
    played.samples,
    { totalRails: RIG_RAILS, clockBoundMs: played.boundMs, latchMs: RAIL_PRIOR_MS, seed },
  );
  const trueMj = played.run.schedule.totalMj(startMs, endMs);
  const drawn = (all: readonly { weight: number; power: number }[]) =>
    all.reduce((sum, { weight, power }) => sum + weight * power, 0);
  const timed = (all: readonly { weight: number }[]) =>
    all.reduce((sum, { weight }) => sum + weight, 0);
  const common = { method: "shared", cadenceMs: family.cadenceMs, tokenMs: null };
  return layers.flatMap((layer, at): Trial[] => {
    const found = tree.children[at]!;
    const layerMj = trueMj * layer.weight * layer.power / drawn(layers);
    const relative = layer.power / (drawn(layers) / timed(layers));
    return [
      {
        ...common,
        what: "layer",
        case: "powers differ by 20 %",
        deviation: Math.abs(relative - 1),
        ...judged(found.energy, layerMj),
      },
      ...layer.components.map((one, i): Trial => {
        const mean = drawn(layer.components) / timed(layer.components);
        return {
          ...common,
          what: "component",
          case: "powers differ by a factor of 4",
          deviation: Math.abs(one.power / mean - 1),
          ...judged(
            found.children[i]!.energy,
            layerMj * one.weight * one.power / drawn(layer.components),
          ),
        };
      }),
    ];
  });
}
