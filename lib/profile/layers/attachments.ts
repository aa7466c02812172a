/**
 * Which profilers look at a model: several may, and each answer is profiled once for all of them.
 *
 * @module
 */
import { attachToSessions, type SessionOptions } from "../../inference/mod.ts";
import type { Model } from "../../model/mod.ts";
import type { TokenEvent } from "../../record.ts";
import { type ActivationOptions, ActivationRecorder } from "../activations/mod.ts";
import type { Shown } from "./profiled_options.ts";
import { ProfiledSession } from "./profiled_session.ts";
import type { Pass } from "./written_profile.ts";

/** A token of a recorded answer. */
export interface RecordedToken extends TokenEvent {
  /** Its forward passes. */
  passes: Pass[];
}

/** What is seen of one answer. */
export interface Recording {
  /** The session that it runs in. */
  session: ProfiledSession;
  /** The tokens so far. */
  tokens: RecordedToken[];
  /** Statistics of what modules put out, for those who want them, each by its own options. */
  recorders: ReadonlyMap<Listener, ActivationRecorder>;
}

/** A profiler, as it is told of answers. */
export interface Listener {
  /** How far the runtime may change the graph. */
  readonly optimization: "disabled" | "basic" | "extended" | "all" | undefined;
  /** Which statistics it wants; `null`: none. */
  readonly activations: ActivationOptions | null;
  /** An answer has begun. */
  onRecording(recording: Recording): void;
}

const listeners = new WeakMap<Model, Set<Listener>>();
const recordings = new WeakMap<object, Recording>();

/** Has `listener` told of all later answers of `model`; a second time changes nothing. */
export function listen(model: Model, listener: Listener): void {
  const set = listeners.get(model) ?? new Set();
  listeners.set(model, set.add(listener));
  attachToSessions(model, { openSession: record, onToken });
}

/** Ends that. */
export function unlisten(model: Model, listener: Listener): void {
  const set = listeners.get(model);
  set?.delete(listener);
  if (set?.size === 0) attachToSessions(model, null);
}

async function record(model: Model, options: SessionOptions): Promise<ProfiledSession> {
  // Those who listen now are told, also where one of them goes while the session opens.
  const told = [...listeners.get(model) ?? []];
  const recorders = new Map(
    told.flatMap((listener) =>
      listener.activations === null
        ? []
        : [[listener, new ActivationRecorder(model, listener.activations)] as const]
    ),
  );
  const session = await ProfiledSession.open(model, {
    ...options,
    optimization: told.find(({ optimization }) => optimization !== undefined)?.optimization,
    shown: recorders.size === 0 ? undefined : shownTo(model, [...recorders.values()]),
  });
  const recording: Recording = { session, tokens: [], recorders };
  recordings.set(session, recording);
  for (const listener of told) listener.onRecording(recording);
  return session;
}

/** What the tensors of one pass may take in JavaScript. */
const PASS_BYTES = 128e6;

function shownTo(model: Model, recorders: readonly ActivationRecorder[]): Shown {
  // Who looks deep has all tensors that the others want.
  const widest = recorders.find(({ hasDeep }) => hasDeep) ?? recorders[0]!;
  const { taps } = widest.instrumentation;
  const { hiddenSize, intermediateSize } = model.features;
  const values = taps.length * Math.max(hiddenSize ?? 4096, intermediateSize ?? 4096);
  return {
    model: widest.model,
    instrumentation: {
      ...widest.instrumentation,
      onTaps: (tensors) => {
        for (const { instrumentation } of recorders) instrumentation.onTaps?.(tensors);
      },
    },
    mostTokens: Math.max(1, Math.floor(PASS_BYTES / 4 / values)),
  };
}

function onToken(session: object, token: TokenEvent): void {
  const recording = recordings.get(session);
  if (recording === undefined) return;
  const taken = recording.tokens.reduce((sum, { passes }) => sum + passes.length, 0);
  recording.tokens.push({ ...token, passes: recording.session.passes.slice(taken) });
  for (const recorder of recording.recorders.values()) recorder.endToken();
}
