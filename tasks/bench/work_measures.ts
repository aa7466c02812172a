/**
 * Reading records, writing rows, reading a model's structure: each against who else does it.
 *
 * @module
 */
import { join } from "node:path";
import { detectArchitecture, nowMs, parsePowermetrics } from "@tokenwatt/tokenwatt";
import { recordXml, RIG_CHIP_NAMES } from "../../lib/power/rig/mod.ts";
import { CASES, openBenchModel } from "./bench_models.ts";
import { pythonPeer } from "./python_peer.ts";
import { RANDOM_WEIGHTS } from "./random_weights.ts";
import { storeRate } from "./store/ours.ts";
import { bareRate, pythonRate } from "./store/rivals.ts";
import type { Work, WorkMeasure, WorkSides } from "./work.ts";

// Not written as a literal: `deno check` would look for it in the root's deno.json (docs/benchmarks.md).
const PLIST = "plist";
const RECORDS_A_TURN = 20;
const SESSION = { intraOpNumThreads: 1 };

const RECORD = "a record of an M4 Max, 56 KB";
const ROWS = "72,000 component rows, ten tokens a batch";

/** All of them, in the order of the table. */
export const WORK_MEASURES: readonly WorkMeasure[] = [
  {
    name: "parse-plist",
    title: "time of parsePowermetrics() ÷ npm's plist",
    given: RECORD,
    goal: { atMost: 1 },
    rounds: 20,
    weight: 0.6,
    async whyNot() {
      return await loadPlist().then(() => null, () => "npm:plist is not in this deno.json");
    },
    async open() {
      const { parse } = await loadPlist();
      return alone(records((xml) => parse(xml)), records(parsePowermetrics));
    },
  },
  {
    name: "parse-plistlib",
    title: "time of parsePowermetrics() ÷ Python's plistlib",
    given: RECORD,
    goal: { atMost: 1 },
    rounds: 20,
    weight: 0.6,
    watchesLoad: false,
    whyNot: whyNoPython,
    async open() {
      const path = Deno.makeTempFileSync({ suffix: ".plist" });
      Deno.writeTextFileSync(path, recordXml());
      const python = await pythonPeer(null, "plist_peer.py");
      return {
        base: async () => Number((await python.ask({ path, times: RECORDS_A_TURN })).ms),
        subject: records(parsePowermetrics),
        async [Symbol.asyncDispose]() {
          await python[Symbol.asyncDispose]();
          Deno.removeSync(path);
        },
      };
    },
  },
  // In rows a second: at least 0.9 times those of the loop by hand, and as many as Python's.
  storeAgainst("store-bare", "one prepared statement of node:sqlite, by hand", 1 / 0.9, bareRate),
  {
    ...storeAgainst("store-python", "Python's sqlite3.executemany()", 1, pythonRate),
    watchesLoad: false,
    whyNot: whyNoPython,
  },
  {
    name: "structure",
    title: "time of detectArchitecture() ÷ ONNX Runtime's loading of the same file",
    given: "llama-12x768, 0.5 GB",
    goal: { atMost: 1 },
    rounds: 8,
    async open() {
      const { InferenceSession } = await import("onnxruntime-node");
      const { onnxPath } = (await openBenchModel(CASES[0]!)).model;
      return alone(
        timed(async () => await (await InferenceSession.create(onnxPath, SESSION)).release()),
        timed(() => detectArchitecture(onnxPath)),
      );
    },
  },
  ...RANDOM_WEIGHTS,
];

function storeAgainst(
  name: string,
  what: string,
  atMost: number,
  rate: (path: string) => number | null,
): WorkMeasure {
  return {
    name,
    title: `time of ProfileDatabase.addComponentMetrics() ÷ ${what}`,
    given: ROWS,
    goal: { atMost },
    rounds: 8,
    open() {
      const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-bench-" });
      let turn = 0;
      // A thousand rows, on a database of its own each time.
      const work = (rows: (path: string) => number | null): Work => () => {
        const path = join(folder, `${turn++}.db`);
        const perSecond = rows(path);
        Deno.removeSync(path);
        if (perSecond === null) throw new Error(`Cannot measure ${name}: nothing was written`);
        return 1e6 / perSecond;
      };
      return Promise.resolve({
        base: work(rate),
        subject: work(storeRate),
        [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
      });
    },
  };
}

/** The same record again and again would be found in caches; true ones differ in every number. */
function records(parse: (xml: string) => unknown): Work {
  const xmls = Array.from({ length: RECORDS_A_TURN }, (_, i) =>
    recordXml({
      chip: RIG_CHIP_NAMES.find((name) => name === "m4max")!,
      elapsedNs: 118_000_000 + i * 7919,
      cpuActivity: 0.2 + i / 50,
      energyMj: { cpu: 1200 + i, gpu: 350 + i, ane: 0 },
    }));
  return () => {
    const startMs = nowMs();
    for (const xml of xmls) parse(xml);
    return (nowMs() - startMs) / xmls.length;
  };
}

function timed(work: () => Promise<unknown>): Work {
  return async () => {
    const startMs = nowMs();
    await work();
    return nowMs() - startMs;
  };
}

function alone(base: Work, subject: Work): WorkSides {
  return { base, subject, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function loadPlist(): Promise<{ parse(xml: string): unknown }> {
  const module = await import(PLIST);
  return module.default ?? module;
}

async function whyNoPython(): Promise<string | null> {
  try {
    const { success } = await new Deno.Command("python3", { args: ["--version"] }).output();
    return success ? null : "python3 does not run";
  } catch {
    return "there is no python3";
  }
}
