import type { StoredToken } from "../../record.ts";
import type { PerfettoEvent } from "./perfetto.ts";
import type { RunDocument } from "../mod.ts";

interface Part {
  cat: string;
  name: string;
  durationMs: number;
  energyMj: number | null;
  children: Part[];
}

/** Draws what lies inside of a token into its slice. */
export function tokenInside(
  document: RunDocument,
): (token: StoredToken, into: PerfettoEvent) => PerfettoEvent[] {
  const layers = Map.groupBy(partsByPlace(document), ({ place }) => place);
  return ({ repetition, index }, into) => {
    const parts = (layers.get(`${repetition}/${index}`) ?? []).map(({ part }) => part);
    return laidOut(parts, into);
  };
}

function partsByPlace(document: RunDocument): { place: string; part: Part }[] {
  type At = { repetition: number; tokenIndex: number; layer: number | null };
  const key = (of: At, ...more: string[]) =>
    [of.repetition, of.tokenIndex, of.layer, ...more].join("/");
  const operations = Map.groupBy(document.operations, (of) => key(of, of.component));
  const energies = new Map(document.layers.map((of) => [key(of), of.energyMj]));
  const components = Map.groupBy(
    document.components.filter(({ durationMs }) => durationMs !== null),
    (of) => key(of),
  );
  return [...components.values()].flatMap((of) => {
    const [{ repetition, tokenIndex, layer } = { repetition: 0, tokenIndex: 0, layer: 0 }] = of;
    const children = of.map((one): Part => ({
      cat: "component",
      name: one.component,
      durationMs: one.durationMs ?? 0,
      energyMj: one.energyMj,
      children: (operations.get(key(one, one.component)) ?? []).map((operation) => ({
        cat: "operation",
        name: operation.operation,
        durationMs: operation.durationMs,
        energyMj: operation.energyMj,
        children: [],
      })),
    }));
    const place = `${repetition}/${tokenIndex}`;
    // What lies outside of the layers stands beside them.
    if (layer === null) return children.map((part) => ({ place, part }));
    const part: Part = {
      cat: "layer",
      name: `layer ${layer}`,
      durationMs: sum(children),
      energyMj: energies.get(key({ repetition, tokenIndex, layer })) ?? null,
      children,
    };
    return [{ place, part }];
  });
}

/** One after the other, scaled to fill their parent. */
function laidOut(parts: readonly Part[], parent: PerfettoEvent): PerfettoEvent[] {
  const room = parent.dur ?? 0;
  const total = sum(parts);
  const scale = total > 0 ? room / total : 0;
  let elapsed = 0;
  return parts.flatMap(({ cat, name, durationMs, energyMj, children }) => {
    const from = Math.floor(elapsed * scale);
    elapsed += durationMs;
    const to = Math.floor(elapsed * scale);
    const event: PerfettoEvent = {
      ph: "X",
      cat,
      name,
      pid: 1,
      tid: parent.tid,
      ts: parent.ts + from,
      dur: to - from,
      args: { twin_ms: durationMs, energy_mj: energyMj },
    };
    return [event, ...laidOut(children, event)];
  });
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { durationMs }) => total + durationMs, 0);
}
