/** Operations and passes for tests, as a profile would give them. */
import type { Operation, PassTimes } from "../../../lib/profile/layers/operation_table.ts";

/** An operation of layer 0 whose component has its name. */
export function operation(name: string, opType: string, rest: Partial<Operation> = {}): Operation {
  return { name, opType, place: { layer: 0, component: name }, isGpu: false, ...rest };
}

/** A pass that takes 10 µs more than its operations. */
export function pass(us: number[], counts = us.map(() => 1)): PassTimes {
  const durationUs = us.reduce((sum, one) => sum + one, 0) + 10;
  return { durationUs, us: Float32Array.from(us), counts: Uint16Array.from(counts) };
}
