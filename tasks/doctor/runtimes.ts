import { disableOrtTelemetry } from "../../lib/inference/mod.ts";
import type { Answer } from "./part.ts";

const LEAST_DENO = [2, 9] as const;

/** Whether this Deno is one that Tokenwatt is made for. */
export function denoAnswer(version: string = Deno.version.deno): Answer {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const found = `${version} on ${Deno.build.os} ${Deno.build.arch}`;
  const isNewEnough = major > LEAST_DENO[0] || (major === LEAST_DENO[0] && minor >= LEAST_DENO[1]);
  if (isNewEnough) return { found };
  return {
    found,
    reason: `it is older than ${LEAST_DENO.join(".")}`,
    remedy: "run `deno upgrade`, or start tasks with `npx -y deno task …`",
  };
}

// A model of one node: y = x · x, for 2 × 2 matrices.
const SQUARE = "CAg6QAoRCgF4CgF4EgF5IgZNYXRNdWwSAWdaEwoBeBIOCgwIARIICgIIAgoCCAJi" +
  "EwoBeRIOCgwIARIICgIIAgoCCAJCAhAN";

/** Whether ONNX Runtime loads and computes, and with which providers. */
export async function onnxRuntimeAnswer(): Promise<Answer> {
  disableOrtTelemetry();
  let runtime: typeof import("onnxruntime-node");
  try {
    runtime = await import("onnxruntime-node");
  } catch (error) {
    const said = (error as Error).message.trim().split("\n")[0];
    return {
      reason: `its library does not load on ${Deno.build.os} ${Deno.build.arch}: ${said}`,
      remedy: "use macOS on Apple Silicon, Linux (glibc) or Windows; or run `deno install` again",
    };
  }
  const { env, InferenceSession, listSupportedBackends, Tensor } = runtime;
  env.logLevel = "fatal";
  const session = await InferenceSession.create(Uint8Array.fromBase64(SQUARE), {
    logSeverityLevel: 4,
  });
  const { y } = await session.run({ x: new Tensor("float32", [1, 2, 3, 4], [2, 2]) });
  await session.release();
  const providers = listSupportedBackends().filter(({ bundled }) => bundled)
    .map(({ name }) => name).join(", ");
  const found = `${env.versions.node ?? env.versions.common}, providers ${providers}`;
  const result = [...y?.data as Float32Array].join(" ");
  if (result === "7 10 15 22") return { found };
  return {
    found,
    reason: `it multiplies wrongly (${result})`,
    remedy: "empty Deno's cache (`deno clean`) and try again",
  };
}
