/**
 * Who looks into the sessions of a model: an attached profiler has `generate()` use its session.
 *
 * @module
 */
import type { Model } from "../model/mod.ts";
import type { TokenEvent } from "../record.ts";
import type { Session, SessionOptions } from "./engine.ts";
import { openSession } from "./open_session.ts";

/** What looks into the sessions that `generate()` opens. */
export interface SessionAttachment {
  /** Opens the session of one answer, in place of `openSession()`. */
  openSession(model: Model, options: SessionOptions): Promise<Session>;
  /** Takes each token of that answer before the consumer does; `session` is the one opened here. */
  onToken(session: Session, token: TokenEvent): void;
}

const attachments = new WeakMap<Model, SessionAttachment>();

/** Has later calls of `generate()` on `model` open their sessions through `attachment`; `null` ends that. */
export function attachToSessions(model: Model, attachment: SessionAttachment | null): void {
  if (attachment === null) attachments.delete(model);
  else attachments.set(model, attachment);
}

/** What `generate()` opens for one answer, and what it tells each token to. */
export async function openAttached(
  model: Model,
  options: SessionOptions,
): Promise<{ session: Session; onToken: (token: TokenEvent) => void }> {
  const attachment = attachments.get(model);
  if (attachment === undefined) {
    return { session: await openSession(model, options), onToken: () => {} };
  }
  const session = await attachment.openSession(model, options);
  return { session, onToken: (token) => attachment.onToken(session, token) };
}
