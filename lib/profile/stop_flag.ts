/**
 * A flag that two threads see: one raises it, the other looks at it between tokens, as no message
 * reaches it there.
 *
 * @module
 */

/** Memory for a flag, which is down. */
export function stopFlag(): SharedArrayBuffer {
  return new SharedArrayBuffer(4);
}

/** Raises it, and wakes who waits for it. */
export function raise(flag: SharedArrayBuffer): void {
  const word = new Int32Array(flag);
  Atomics.store(word, 0, 1);
  Atomics.notify(word, 0);
}

/** Whether it is raised. */
export function isRaised(flag: SharedArrayBuffer): boolean {
  return Atomics.load(new Int32Array(flag), 0) === 1;
}

/** A signal that aborts when it is raised. */
export function signalOf(flag: SharedArrayBuffer): AbortSignal {
  const controller = new AbortController();
  const { async, value } = Atomics.waitAsync(new Int32Array(flag), 0, 0);
  if (async) value.then(() => controller.abort());
  else controller.abort();
  return controller.signal;
}
