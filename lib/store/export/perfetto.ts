import type { RunDocument } from "../mod.ts";
import { tokenInside } from "./perfetto_inside.ts";

/** An event of the Chrome JSON trace format, which ui.perfetto.dev opens. Times are µs. */
export interface PerfettoEvent {
  /** `X`: a slice; `C`: a counter's value from then on; `M`: a name of a track. */
  ph: "X" | "C" | "M";
  /** What is shown. */
  name: string;
  /** Which process: all are 1. */
  pid: 1;
  /** Which track. */
  tid: number;
  /** When, from the start of the run. */
  ts: number;
  /** How long, for slices. */
  dur?: number;
  /** Kind of slice: `phase`, `token`, `section`, `layer`, `component`, `operation`. */
  cat?: string;
  /** Values of counters; energies and how they were got, for slices. */
  args: Record<string, string | number | null>;
}

/** A trace file. */
export interface PerfettoTrace {
  /** The unit that is shown. */
  displayTimeUnit: "ms";
  /** In any order. */
  traceEvents: PerfettoEvent[];
  /** What the trace is of. */
  otherData: Record<string, string>;
}

const RUN_TRACK = 1;
const SECTION_TRACK = 2;

/**
 * A run as a trace: power as one counter track a rail, phases ⊃ tokens ⊃ layers ⊃ components ⊃
 * operations as nested slices, sections on a track of their own. What lies inside of a token was
 * timed in a twin run, so it is drawn in order and scaled to the token; `args` hold its true time.
 */
export function perfettoTrace(document: RunDocument): PerfettoTrace {
  const { run, timedSections } = document;
  const { trace, power, startedAtMs } = run;
  const microseconds = (ms: number) => Math.round((ms - startedAtMs) * 1000);
  const slice = (
    cat: string,
    name: string,
    tid: number,
    { startMs, endMs }: { startMs: number; endMs: number },
    args: PerfettoEvent["args"],
  ): PerfettoEvent => {
    const ts = microseconds(startMs);
    return { ph: "X", cat, name, pid: 1, tid, ts, dur: microseconds(endMs) - ts, args };
  };
  const inside = tokenInside(document);
  return {
    displayTimeUnit: "ms",
    traceEvents: [
      named("process_name", `Tokenwatt ${run.runId}: ${run.model.name}`, 0),
      named("thread_name", "run", RUN_TRACK),
      named("thread_name", "sections", SECTION_TRACK),
      ...power.rails.flatMap((rail) => counter(rail, trace.samples, microseconds)),
      ...trace.phases.map((phase) =>
        slice("phase", phase.name, RUN_TRACK, phase, {
          energy_mj: phase.energyMj,
          repetition: phase.repetition,
        })
      ),
      ...trace.tokens.flatMap((token) => {
        const event = slice("token", token.text, RUN_TRACK, token, {
          token_index: token.index,
          repetition: token.repetition,
          energy_mj: token.energyMj ?? null,
          low_mj: token.lowMj ?? null,
          high_mj: token.highMj ?? null,
          method: token.method ?? null,
        });
        return [event, ...inside(token, event)];
      }),
      ...timedSections.map((section) =>
        slice("section", section.name, SECTION_TRACK, section, { energy_mj: section.energyMj })
      ),
    ],
    otherData: {
      run_id: run.runId,
      model: run.model.name,
      prompt: run.prompt,
      power: power.label,
      verdict: run.verdict,
    },
  };
}

function named(name: string, value: string, tid: number): PerfettoEvent {
  return { ph: "M", name, pid: 1, tid, ts: 0, args: { name: value } };
}

/** A record's mean power holds from its start to its end; where none follows, it falls to 0. */
function counter(
  rail: string,
  samples: RunDocument["run"]["trace"]["samples"],
  microseconds: (ms: number) => number,
): PerfettoEvent[] {
  const events: PerfettoEvent[] = [];
  const at = (ts: number, mw: number) =>
    events.push({ ph: "C", name: `${rail} power`, pid: 1, tid: 0, ts, args: { mW: mw } });
  for (const [i, { startMs, endMs, energyMj }] of samples.entries()) {
    const mj = energyMj[rail as keyof typeof energyMj] ?? null;
    if (mj === null || endMs <= startMs) continue;
    at(microseconds(startMs), mj / (endMs - startMs) * 1000);
    const next = samples[i + 1];
    if (!next || microseconds(next.startMs) > microseconds(endMs)) at(microseconds(endMs), 0);
  }
  return events;
}
