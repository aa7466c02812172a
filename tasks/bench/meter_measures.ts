/**
 * What measuring costs with others' meters: CodeCarbon and Zeus beside the same ONNX file, on ONNX
 * Runtime for Python. Each is compared with the same loop without it, as our own monitor is.
 *
 * @module
 */
import type { BenchModel } from "./bench_models.ts";
import type { Answer, Contestant } from "./contest.ts";
import type { LinePeer } from "./line_peer.ts";
import { LONG, type Measure, sides } from "./measure.ts";
import { type PythonHome, pythonPeer, whyNotPython } from "./python_peer.ts";

const METERS: PythonHome = {
  name: "meters",
  packages: ["onnxruntime==1.30.0", "codecarbon==3.3.2", "zeus==0.16.0"],
  imports: "import onnxruntime, codecarbon, zeus.monitor",
  size: "600 MB",
};

/** Both meters, in the order of the table. */
export const METER_MEASURES: readonly Measure[] = [
  meterCost("codecarbon", "token time in Python with CodeCarbon (every 100 ms) ÷ without"),
  meterCost("zeus", "token time in Python with a Zeus window per answer ÷ without"),
];

function meterCost(meter: "codecarbon" | "zeus", title: string): Measure {
  return {
    name: meter,
    title,
    figure: "time",
    goal: null,
    onAllContexts: false,
    ...LONG,
    weight: 2,
    rounds: 12,
    onlyModel: "llama-12x768",
    watchesLoad: false, // Python runs in a process of its own
    whyNot: () => whyNotPython(METERS),
    async open({ model, prompt, maxNewTokens }: BenchModel, _ids, threads) {
      const args = [model.onnxPath, JSON.stringify(prompt), `${threads}`];
      const python = await pythonPeer(METERS, "meters.py", args);
      const base = decoding(python, maxNewTokens);
      return sides(python, { base, subject: { ...base, during: () => measuring(python, meter) } });
    },
  };
}

function decoding(python: LinePeer, tokens: number): Contestant {
  return {
    answer: async () => await python.ask({ tokens }) as unknown as Answer,
  };
}

async function measuring(python: LinePeer, meter: string): Promise<AsyncDisposable> {
  await python.ask({ meter });
  return { [Symbol.asyncDispose]: async () => void await python.ask({ meter: null }) };
}
