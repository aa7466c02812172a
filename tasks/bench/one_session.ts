/**
 * Two contestants on one session of ONNX Runtime.
 *
 * @module
 */
import { InferenceSession } from "onnxruntime-node";

/**
 * Opens `base`, and then `subject` on the very session that `base` has opened, with its options.
 *
 * Two sessions of one file differ in speed by up to 7 %, as long as they live, by where their weights
 * came to lie: more than what is compared here. Nobody offers to take a session that is there, so
 * what creates sessions is exchanged while the two are opened. Only `base` is to be closed.
 *
 * @throws {Error} Where the two do not use the same copy of ONNX Runtime.
 */
export async function onOneSession<Base, Subject>(
  base: () => Promise<Base>,
  subject: () => Promise<Subject>,
): Promise<{ base: Base; subject: Subject }> {
  const create = InferenceSession.create;
  let session: Promise<InferenceSession> | null = null;
  let asked = 0;
  InferenceSession.create = (...args: unknown[]) => {
    asked++;
    return session ??= Reflect.apply(create, InferenceSession, args);
  };
  try {
    const opened = { base: await base(), subject: await subject() };
    if (asked === 2) return opened;
    throw new Error(
      `Cannot compare on one session: ${asked} of 2 were asked of this copy of ONNX Runtime; ` +
        "let tasks/bench/deno.json name the version of onnxruntime-node that the peer brings",
    );
  } finally {
    InferenceSession.create = create;
  }
}
