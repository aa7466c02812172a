import {
  dealRepeated,
  type Ensemble,
  type Reading,
  type StepPower,
  type StepScale,
  stepScale,
  sumOf,
  toEnergy,
  type TokenRange,
} from "../../energy/mod.ts";
import type { EnergySpan } from "../../record.ts";

/** A run's energies, attributed: draws by what they belong to, and the tree that they make. */
export interface Attributed {
  /** Tokens of the decode phase that are known together. */
  groups: readonly TokenRange[];
  /** Over all repetitions: `run`, `phase prefill`, `token 3`, `group 4-9`, … */
  ensembles: ReadonlyMap<string, Ensemble>;
  /** The same of each repetition, by its name: prefill, decode and its tokens. */
  repetitions: ReadonlyMap<string, ReadonlyMap<string, Ensemble>>;
  /** Of the first repetition, token by token; 0 is the prefill. */
  firstTokens: ReadonlyMap<number, Ensemble>;
  tree: EnergySpan;
  /** What the steps' energies had to be scaled by; `null` where none were told apart. */
  scale: StepScale | null;
}

/** How the power of steps was found. */
export type Method = "repeated" | "deconvolved";

const PREFILL = "phase prefill";
const DECODE = "phase decode";

/**
 * Deals what was measured of tokens among them by the power of their steps.
 *
 * A decode phase keeps what it holds, but where its prefill was too short to be seen by records: then
 * both are dealt together, since what records say of the one rests on a guess of the other.
 *
 * @param options `method`: how the powers were found
 */
export function redeal(
  attributed: Attributed,
  powers: readonly StepPower[],
  reading: Reading,
  { method, seed }: { method: Method; seed?: number | undefined },
): Attributed {
  const powerOf = (index: number) =>
    powers.find(({ firstIndex, lastIndex }) => index >= firstIndex && index <= lastIndex);
  const { ensembles } = attributed;
  const whole = ensembles.get(PREFILL);
  const isPooled = powerOf(0) !== undefined && whole !== undefined &&
    !toEnergy(whole, reading).resolved;
  const partsOf = (nodes: ReadonlyMap<string, Ensemble>) =>
    Array.from(nodes, ([key, ensemble]) => ({ key, index: tokenOf(key), ensemble }))
      .filter((part): part is typeof part & { index: number } =>
        part.index !== null && (isPooled || part.index > 0)
      );
  const all = partsOf(ensembles);
  const isRepeated = all.some(({ index }) => index > 0 && powerOf(index) !== undefined);
  // Rails that hold next to nothing are not deconvolved; they stay shared by time.
  const rails = reading.totalRails.filter((rail) =>
    powers.some(({ drawsMw }) => drawsMw.has(rail))
  );
  const scale = isRepeated
    ? stepScale(all.map((part) => part.ensemble), all.map((part) => powerOf(part.index)), rails)
    : null;
  if (scale === null) return attributed;

  const repetitions = new Map(
    Array.from(attributed.repetitions, ([name, nodes]) => {
      const parts = partsOf(nodes);
      const dealt = dealRepeated(
        parts.map(({ ensemble }) => ensemble),
        parts.map(({ index }) => powerOf(index)),
        scale,
        seed,
        method,
      );
      const changed = new Map(parts.map(({ key }, at) => [key, dealt[at]!]));
      const decode = nodes.get(DECODE);
      if (isPooled && decode) changed.set(DECODE, moved(decode, nodes, changed, method));
      return [name, changed] as const;
    }),
  );
  const summed = new Map(ensembles);
  for (const key of new Set([...repetitions.values()].flatMap((nodes) => [...nodes.keys()]))) {
    summed.set(
      key,
      together([...repetitions.values()].flatMap((nodes) => nodes.get(key) ?? []), method),
    );
  }
  const groups = groupsOf(all.map(({ index }) => index).filter((index) => index > 0), powerOf);
  for (const { firstIndex, lastIndex } of groups) {
    const inside = all.filter(({ index }) => index >= firstIndex && index <= lastIndex);
    if (inside.length < 2) continue;
    const group = together(inside.flatMap(({ key }) => summed.get(key) ?? []), method);
    const power = powerOf(firstIndex);
    summed.set(`group ${firstIndex}-${lastIndex}`, {
      ...group,
      standsAlone: power !== undefined,
      support: power?.support ?? 0,
    });
  }
  const first = [...repetitions.values()][0];
  return {
    ...attributed,
    scale,
    groups,
    repetitions,
    ensembles: summed,
    firstTokens: new Map(Array.from(attributed.firstTokens, ([index, ensemble]) => [
      index,
      first?.get(index === 0 ? PREFILL : `token ${index}`) ?? ensemble,
    ])),
    tree: withEnergies(attributed.tree, repetitions, reading),
  };
}

/** The prefill is token 0. */
function tokenOf(key: string): number | null {
  if (key === PREFILL) return 0;
  return key.startsWith("token ") ? Number(key.slice("token ".length)) : null;
}

function together(parts: readonly Ensemble[], method: Method): Ensemble {
  return { ...sumOf(parts), method };
}

/** A decode phase with what its tokens hold more or less than before. */
function moved(
  decode: Ensemble,
  before: ReadonlyMap<string, Ensemble>,
  after: ReadonlyMap<string, Ensemble>,
  method: Method,
): Ensemble {
  const tokens = [...after.keys()].filter((key) => (tokenOf(key) ?? 0) > 0);
  const draws = new Map(Array.from(decode.draws, ([rail, held]) => {
    if (held === null) return [rail, null];
    const changed = held.slice();
    for (const key of tokens) {
      const [was, is] = [before.get(key)?.draws.get(rail), after.get(key)?.draws.get(rail)];
      if (!was || !is) continue;
      for (let draw = 0; draw < changed.length; draw++) {
        changed[draw] = (changed[draw] ?? 0) + (is[draw] ?? 0) - (was[draw] ?? 0);
      }
    }
    return [rail, changed];
  }));
  const support = tokens.reduce((least, key) => Math.min(least, after.get(key)!.support), Infinity);
  return { ...decode, draws, standsAlone: true, support, method };
}

/** Blocks as they were repeated, and what lies between them. */
function groupsOf(
  indexes: readonly number[],
  powerOf: (index: number) => StepPower | undefined,
): TokenRange[] {
  const groups: TokenRange[] = [];
  let last: StepPower | undefined | null = null;
  for (const index of indexes.toSorted((a, b) => a - b)) {
    const power = powerOf(index);
    const group = groups.at(-1);
    if (group && power === last) group.lastIndex = index;
    else groups.push({ firstIndex: index, lastIndex: index });
    last = power;
  }
  return groups;
}

function withEnergies(
  run: EnergySpan,
  repetitions: ReadonlyMap<string, ReadonlyMap<string, Ensemble>>,
  reading: Reading,
): EnergySpan {
  const walk = (span: EnergySpan, nodes: ReadonlyMap<string, Ensemble>): EnergySpan => {
    const ensemble = nodes.get(`${span.kind} ${span.name}`);
    return {
      ...span,
      energy: ensemble ? toEnergy(ensemble, reading) : span.energy,
      children: span.children.map((child) => walk(child, nodes)),
    };
  };
  return {
    ...run,
    children: run.children.map((child) => {
      const nodes = child.kind === "repetition" ? repetitions.get(child.name) : undefined;
      return nodes ? walk(child, nodes) : child;
    }),
  };
}
