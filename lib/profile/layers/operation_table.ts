/**
 * The operations of a model, as they are met in profiles, and the times of forward passes by them.
 *
 * @module
 */
import type { Architecture, ComponentPlace, OptimizedNode } from "../../model/mod.ts";
import type { EventLabel, ProfileEvents } from "./profile_file.ts";
import { labelKey, runsOf } from "./runs.ts";

/** One operation of a model, as the runtime executes it. */
export interface Operation {
  /** The name of its node; made up from operator and number where it has none. */
  name: string;
  /** Its operator; `""` where the profile does not tell. */
  opType: string;
  /** Layer and component that it belongs to. */
  place: ComponentPlace;
  /** Whether a GPU's own clock timed it, which takes no time from the host. */
  isGpu: boolean;
}

/** The times of one forward pass by operation, as the runtime gave them. */
export interface PassTimes {
  /** The whole pass inside the runtime. */
  durationUs: number;
  /** Time by operation; shorter than the table where later operations were not known yet. */
  us: Float32Array;
  /** How often each operation ran. */
  counts: Uint16Array;
}

/** What a runtime shows where a provider runs many nodes as one (CoreML, QNN, …). */
const PARTITION = /ExecutionProvider_/;

/** What hands a tensor out is the cost of looking, no component's work. */
const TAP = /^tap\//;

/** Collects operations and knows their places. */
export class OperationTable {
  /** All operations that have been met. */
  readonly operations: Operation[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #places = new Map<string, ComponentPlace>();
  readonly #unnamed = new Map<string, ComponentPlace[]>();
  readonly #architecture: Architecture;

  /** Takes the nodes of the graph that is executed, where they are known. */
  constructor(architecture: Architecture, nodes: readonly OptimizedNode[]) {
    this.#architecture = architecture;
    for (const { name, opType, place } of nodes) {
      if (name !== "") this.#places.set(name, place);
      else this.#unnamed.set(opType, [...this.#unnamed.get(opType) ?? [], place]);
    }
  }

  /** The forward passes of a profile, in their order. */
  take(events: ProfileEvents): PassTimes[] {
    return runsOf(events).map(({ durationUs, usOf }) => {
      const timed = [...usOf].map(([label, time]) => ({
        operation: this.#find(events.labels[label]!),
        ...time,
      }));
      const us = new Float32Array(this.operations.length);
      const counts = new Uint16Array(this.operations.length);
      for (const { operation, us: spent, count } of timed) {
        us[operation]! += spent;
        counts[operation]! += count;
      }
      return { durationUs, us, counts };
    });
  }

  #find(label: EventLabel): number {
    const key = labelKey(label);
    const known = this.#indexOf.get(key);
    if (known !== undefined) return known;
    const { name, opType, kind } = label;
    const index = this.operations.push({
      name,
      opType,
      place: this.#placeOf(label),
      isGpu: kind === "gpu",
    }) - 1;
    this.#indexOf.set(key, index);
    return index;
  }

  #placeOf({ name, opType }: EventLabel): ComponentPlace {
    if (TAP.test(name)) return { layer: null, component: "framework" };
    if (PARTITION.test(name)) return { layer: null, component: "partition" };
    const place = this.#places.get(name);
    if (place !== undefined) return place;
    // A node without a name runs as <operator>_<number>; among those of one operator, the order of
    // execution is that of the graph.
    const isMadeUp = name.startsWith(`${opType}_`) && /^\d+$/.test(name.slice(opType.length + 1));
    const next = isMadeUp ? this.#unnamed.get(opType)?.shift() : undefined;
    return next ?? this.#architecture.componentOf(name) ?? { layer: null, component: "other" };
  }
}
