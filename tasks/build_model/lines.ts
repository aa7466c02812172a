/**
 * What `build-model` says: the list of architectures, what is about to be written, what was.
 *
 * @module
 */
import {
  type BuildForecast,
  type BuiltModel,
  modelSize,
  type Precision,
  type Preset,
} from "../../lib/model/mod.ts";
import { asTyped, tableLines } from "../frame/mod.ts";
import { formatBytes } from "../runs/bytes.ts";

const PRECISIONS: readonly Precision[] = ["fp32", "fp16", "int8", "int4"];

/** A preset as `--list --json` prints it. */
export interface ListedPreset {
  name: string;
  id: string;
  family: string;
  parameters: number;
  /** By precision. */
  weightBytes: Record<string, number>;
}

/** Adds to presets what they take on disk. */
export function listed(presets: readonly Preset[]): ListedPreset[] {
  return presets.map(({ name, id, parameters, config }) => ({
    name,
    id,
    family: String(config.model_type),
    parameters,
    weightBytes: Object.fromEntries(
      PRECISIONS.map((precision) => [precision, modelSize(config, { precision }).weightBytes]),
    ),
  }));
}

/** The list as a table. */
export function listLines(presets: readonly ListedPreset[]): string[] {
  const right = (title: string) => ({ title, right: true });
  return tableLines(
    [{ title: "name" }, { title: "family" }, right("parameters"), ...PRECISIONS.map(right)],
    presets.map(({ name, family, parameters, weightBytes }) => [
      name,
      family,
      parameters.toLocaleString("en"),
      ...PRECISIONS.map((precision) => formatBytes(weightBytes[precision]!)),
    ]),
  );
}

/** How much of a preset is built. */
export interface Part {
  layers: number;
  of: number;
}

/** What building will take; the time only where it is known, for random weights. */
export function forecastLines(
  { weightBytes, seconds }: BuildForecast,
  free: number | null,
  { part, isRandom }: { part: Part | null; isRandom: boolean },
): string[] {
  const room = free === null ? "" : ` of ${formatBytes(free)} that are free`;
  const time = isRandom ? `, about ${duration(seconds)}` : "";
  return [
    `writing ${formatBytes(weightBytes)}${room}${time}`,
    ...(part === null || part.layers === part.of ? [] : [
      `${part.layers} of ${part.of} layers: multiply what layers cost by ${
        Number((part.of / part.layers).toPrecision(4))
      }; embeddings and head are whole`,
    ]),
  ];
}

function duration(seconds: number): string {
  return seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** What was built. */
export function resultLines(built: BuiltModel, name: string, precision: string): string[] {
  const { path, parameters, weightBytes, externalData } = built;
  const place = externalData ? "model.onnx and model.onnx.data" : "model.onnx";
  return [
    `${name} with ${parameters.toLocaleString("en")} parameters at ${precision}: ${
      formatBytes(weightBytes)
    } in ${place}`,
    asTyped(`next: deno task profile --model ${path}`),
  ];
}
