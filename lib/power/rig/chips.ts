import { InputError } from "../../errors.ts";
import { useOneOf } from "../../nearest.ts";
import type { Phase } from "../../record.ts";

/** A chip that the rig can play. */
export type RigChip = "m1" | "m2" | "m3max" | "m4pro" | "m4max";

/** The rails that powermetrics writes, and the rig with it. */
export type RigRail = "cpu" | "gpu" | "ane";

/** All of them. */
export const RIG_RAILS: readonly RigRail[] = ["cpu", "gpu", "ane"];

/** What a record says of a cluster of CPUs. */
export interface ClusterShape {
  name: string;
  cpus: number;
  mhz: readonly number[];
  /** Powered down all the time. */
  isDown?: boolean;
}

/** What is particular to the records of a chip. */
export interface ChipShape {
  /** What people call it. */
  label: string;
  hwModel: string;
  osBuild: string;
  clusters: readonly ClusterShape[];
  gpuMhz: readonly number[];
  /** M3 and later say how long a core was powered down. */
  hasDown: boolean;
  /** What a cycle takes beyond the interval asked for, in ms. */
  workMs: readonly [leastMs: number, mostMs: number];
  /** True power in mW. Stated, not measured: round numbers of a plausible size. */
  levelsMw: Readonly<Record<Phase, Readonly<Record<RigRail, number>>>>;
}

// Frequency tables of an M4 Max (Mac16,5), recorded; shared notes on powermetrics, 4.2.
const E = [1020, 1404, 1788, 2112, 2352, 2532, 2592];
const P = [
  ...[1260, 1512, 1800, 2088, 2352, 2616, 2868, 3096, 3300, 3468],
  ...[3624, 3756, 3828, 3888, 3948, 3996, 4044, 4104, 4416, 4512],
];
// Not sorted, and 1182 twice, as on the machine.
const GPU = [338, 618, 796, 924, 952, 1056, 1062, 1182, 1182, 1312, 1242, 1380, 1326, 1470, 1578];
const E_M1 = [600, 972, 1332, 1704, 2064];
const P_M1 = [600, 1284, 1956, 2388, 2988, 3204];
const GPU_M1 = [396, 528, 720, 924, 1128, 1278];

/**
 * The chips. Cadences are recorded ones (shared notes on powermetrics, 4.6: 104.5–109.2 ms for 100
 * asked on an M1, 102.9–108.9 on an M2, 116–129 on an M4 Pro, 118–121 on an M3 Max; an M4 Max was
 * not found and is taken for an M4 Pro).
 */
export const RIG_CHIPS: Readonly<Record<RigChip, ChipShape>> = {
  m1: {
    label: "M1",
    hwModel: "MacBookPro17,1",
    osBuild: "22E252",
    clusters: [
      { name: "E-Cluster", cpus: 4, mhz: E_M1 },
      { name: "P-Cluster", cpus: 4, mhz: P_M1 },
    ],
    gpuMhz: GPU_M1,
    hasDown: false,
    workMs: [4.5, 9.2],
    levelsMw: levels({
      idle: [60, 12],
      load: [4_500, 15],
      prefill: [13_000, 25],
      decode: [9_500, 25],
    }),
  },
  m2: {
    label: "M2",
    hwModel: "Mac14,2",
    osBuild: "25C56",
    clusters: [
      { name: "E-Cluster", cpus: 4, mhz: E_M1 },
      { name: "P-Cluster", cpus: 4, mhz: P_M1 },
    ],
    gpuMhz: GPU_M1,
    hasDown: false,
    workMs: [2.9, 8.9],
    levelsMw: levels({
      idle: [75, 15],
      load: [5_500, 18],
      prefill: [15_500, 30],
      decode: [11_000, 30],
    }),
  },
  m3max: {
    label: "M3 Max",
    hwModel: "Mac15,9",
    osBuild: "25G80",
    clusters: [
      { name: "E-Cluster", cpus: 4, mhz: E },
      { name: "P0-Cluster", cpus: 6, mhz: P },
      { name: "P1-Cluster", cpus: 6, mhz: P },
    ],
    gpuMhz: GPU,
    hasDown: true,
    workMs: [18, 21],
    levelsMw: levels({
      idle: [180, 30],
      load: [9_000, 35],
      prefill: [38_000, 60],
      decode: [29_000, 60],
    }),
  },
  m4pro: {
    label: "M4 Pro",
    hwModel: "Mac16,8",
    osBuild: "24F74",
    clusters: [
      { name: "E-Cluster", cpus: 4, mhz: E },
      { name: "P0-Cluster", cpus: 5, mhz: P },
      { name: "P1-Cluster", cpus: 5, mhz: P, isDown: true },
    ],
    gpuMhz: GPU,
    hasDown: true,
    workMs: [16, 29],
    levelsMw: levels({
      idle: [140, 25],
      load: [8_500, 30],
      prefill: [32_000, 50],
      decode: [24_000, 50],
    }),
  },
  m4max: {
    label: "M4 Max",
    hwModel: "Mac16,5",
    osBuild: "25C56",
    clusters: [
      { name: "E-Cluster", cpus: 4, mhz: E },
      { name: "P0-Cluster", cpus: 6, mhz: P },
      { name: "P1-Cluster", cpus: 6, mhz: P, isDown: true },
    ],
    gpuMhz: GPU,
    hasDown: true,
    workMs: [16, 29],
    levelsMw: levels({
      idle: [190, 35],
      load: [9_500, 40],
      prefill: [42_000, 70],
      decode: [33_000, 70],
    }),
  },
};

/** The chips' names, as `--power rig:NAME` takes them. */
export const RIG_CHIP_NAMES = Object.keys(RIG_CHIPS) as [RigChip, ...RigChip[]];

/** Takes a name for a chip; throws `InputError` for an unknown one. */
export function rigChip(name: string): RigChip {
  const known = RIG_CHIP_NAMES.find((one) => one === name);
  if (known !== undefined) return known;
  throw new InputError(`Cannot simulate the chip "${name}"`, {
    remedy: useOneOf(`rig:${name}`, RIG_CHIP_NAMES.map((one) => `rig:${one}`)),
  });
}

/** ONNX Runtime's default provider works on the CPU, so that is where the power goes. */
function levels(
  { idle, load, prefill, decode }: Record<"idle" | "load" | "prefill" | "decode", [number, number]>,
): ChipShape["levelsMw"] {
  const at = ([cpu, gpu]: [number, number]) => ({ cpu, gpu, ane: 0 });
  return {
    idle: at(idle),
    pre_inference: at(load),
    prefill: at(prefill),
    decode: at(decode),
    post_inference: at(load),
  };
}
