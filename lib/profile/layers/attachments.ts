/**
 * Which profilers look at a model: several may, and each answer is profiled once for all of them.
 *
 * @module
 */
import { attachToSessions } from "../../inference/mod.ts";
import type { Model } from "../../model/mod.ts";
import type { TokenEvent } from "../../record.ts";
import type { ActivationTaker } from "./activation_taker.ts";
import { type Pass, ProfiledSession } from "./profiled_session.ts";

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
  /** Statistics, where they are taken. */
  taker: ActivationTaker | null;
}

/** A profiler, as it is told of answers. */
export interface Listener {
  /** How far the runtime may change the graph. */
  readonly optimization: "disabled" | "basic" | "extended" | "all" | undefined;
  /** Prepares statistics of one answer; `null` where they are not wanted. */
  openTaker(model: Model): Promise<ActivationTaker | null>;
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

async function record(model: Model, options: object): Promise<ProfiledSession> {
  // Those who listen now are told, also where one of them goes while the session opens.
  const told = [...listeners.get(model) ?? []];
  let taker: ActivationTaker | null = null;
  for (const listener of told) taker ??= await listener.openTaker(model);
  const session = await ProfiledSession.open(model, {
    ...options,
    optimization: told.find(({ optimization }) => optimization !== undefined)?.optimization,
    ...(taker === null ? {} : { shown: taker.shown }),
  });
  const recording: Recording = { session, tokens: [], taker };
  recordings.set(session, recording);
  for (const listener of told) listener.onRecording(recording);
  return session;
}

function onToken(session: object, token: TokenEvent): void {
  const recording = recordings.get(session);
  if (recording === undefined) return;
  const taken = recording.tokens.reduce((sum, { passes }) => sum + passes.length, 0);
  recording.tokens.push({ ...token, passes: recording.session.passes.slice(taken) });
  recording.taker?.endToken(token.index);
}
