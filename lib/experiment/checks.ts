import { useOneOf } from "../nearest.ts";
import type { ArmOptions, Expectation } from "./definition.ts";

/**
 * Options that an arm may have, so that a misspelt one does not make two arms alike in silence.
 * Written as a record: the compiler names those that `profile()` has learned since.
 */
const ARM_OPTIONS: Record<keyof ArmOptions, true> = {
  maxNewTokens: true,
  warmup: true,
  minSeconds: true,
  maxSeconds: true,
  baselineSeconds: true,
  resolve: true,
  resolveSeconds: true,
  depth: true,
  activations: true,
  amplify: true,
  sparsityBelow: true,
  intervalMs: true,
  threads: true,
  spin: true,
  engine: true,
  provider: true,
  providerOptions: true,
  batchSize: true,
  prefillChunk: true,
  temperature: true,
  topK: true,
  topP: true,
  seed: true,
};

/** Throws the error that names the experiment. */
export type Refuse = (problem: string, remedy: string) => never;

/** Refuses options that `profile()` does not have. */
export function checkOptions(options: object, where: string, refuse: Refuse): void {
  const known = Object.keys(ARM_OPTIONS);
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  refuse(
    `${where} has an unknown option "${unknown}"`,
    useOneOf(unknown, [...new Set(["model", "precision", "prompts", ...known])]),
  );
}

/** Refuses claims about arms that are not there, and those that say nothing. */
export function checkExpectations(
  expect: Readonly<Record<string, Expectation>>,
  names: readonly string[],
  refuse: Refuse,
): void {
  for (const [arm, expectation] of Object.entries(expect)) {
    const { lessThan, moreThan, sameAs, by = 0 } = expectation ?? {};
    const others = [lessThan, moreThan, sameAs].filter((other) => other !== undefined);
    const [other] = others;
    if (others.length !== 1) {
      refuse(`it expects ${others.length} things of "${arm}"`, "pass lessThan, moreThan or sameAs");
    }
    const unknown = [arm, other!].find((one) => !names.includes(one));
    if (unknown !== undefined) {
      refuse(`it expects something of "${unknown}"`, `name one of its arms: ${names.join(", ")}`);
    }
    if (arm === other) refuse(`it compares "${arm}" with itself`, "name another arm");
    if (!(by >= 0 && (by < 1 || moreThan !== undefined))) {
      refuse(`it expects a difference of ${by}`, "pass a share of the other arm, such as 0.1");
    }
  }
}

/** What JSON loses (functions, NaN) would not be there when the experiment is repeated. */
export function asPlainData<T>(plan: T, refuse: Refuse): T {
  const lost = lostIn(plan, []);
  if (lost !== null) refuse(`${lost} is no plain data`, "pass texts, numbers, arrays and objects");
  return JSON.parse(JSON.stringify(plan));
}

/** Deeper than any definition: a cycle. */
const DEEPEST = 20;

function lostIn(value: unknown, path: readonly string[]): string | null {
  if (value === null || value === undefined || typeof value === "boolean") return null;
  if (typeof value === "string") return null;
  if (typeof value === "number") return Number.isFinite(value) ? null : path.join(".");
  if (typeof value !== "object" || path.length > DEEPEST) return path.join(".");
  for (const [key, inner] of Object.entries(value)) {
    const lost = lostIn(inner, [...path, key]);
    if (lost !== null) return lost;
  }
  return null;
}

/** Whether it has keys and values. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it can be continued. */
export function isPrompt(prompt: unknown): boolean {
  if (typeof prompt === "string") return prompt !== "";
  return Array.isArray(prompt) && prompt.length > 0 && prompt.every((id) => isCount(id, 0));
}

/** Whether it is a whole number in a range. */
export function isCount(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
