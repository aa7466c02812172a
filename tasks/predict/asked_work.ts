import type { ModelWork } from "../../lib/analysis/mod.ts";
import { InputError } from "../../lib/errors.ts";
import {
  loadModel,
  type ModelFeatures,
  plannedFeatures,
  type Precision,
  presetConfig,
} from "../../lib/model/mod.ts";

/** What the flags name: one of a model, an architecture that nobody built, and figures. */
export interface AskedModel {
  target?: string | undefined;
  variant?: string | undefined;
  like?: string | undefined;
  layers?: number | undefined;
  flops?: number | undefined;
  bytes?: number | undefined;
  kvBytes?: number | undefined;
}

/** The work of what is asked for; `InputError` where that is nothing, or several at once. */
export async function askedWork(asked: AskedModel): Promise<ModelWork> {
  const { target, variant, like, layers, flops, bytes, kvBytes } = asked;
  const hasFigures = flops !== undefined || bytes !== undefined || kvBytes !== undefined;
  if ([target !== undefined, like !== undefined, hasFigures].filter(Boolean).length > 1) {
    throw new InputError("Cannot predict two models at once", {
      remedy: "pass one of a model, --like, and --flops with --bytes",
    });
  }
  if (layers !== undefined && like === undefined) {
    throw new InputError("Cannot leave layers of a model out", {
      remedy: "pass --layers with --like",
    });
  }
  if (like !== undefined) {
    const precision = variant as Precision | undefined; // another is refused by name
    return workOf(like, plannedFeatures(presetConfig(like, layers), { precision }));
  }
  if (target !== undefined) {
    const { name, features } = await loadModel(target, { precision: variant });
    return workOf(name, features);
  }
  if (flops === undefined || bytes === undefined) {
    throw new InputError("Cannot predict: no model was named", {
      remedy: "name one, or --like an architecture, or pass --flops and --bytes of a decode step",
    });
  }
  return { flops, flopsPerContextToken: 0, bytes, bytesPerContextToken: kvBytes ?? 0 };
}

function workOf(name: string, { flopsPerToken, bytesPerToken }: ModelFeatures): ModelWork {
  if (flopsPerToken === null || bytesPerToken === null) {
    throw new InputError(`Cannot predict "${name}": its graph does not tell its operations`, {
      remedy: "pass --flops and --bytes of a decode step",
    });
  }
  return {
    flops: flopsPerToken.base,
    flopsPerContextToken: flopsPerToken.perContextToken + flopsPerToken.perWindowToken,
    bytes: bytesPerToken.base,
    bytesPerContextToken: bytesPerToken.perContextToken + bytesPerToken.perWindowToken,
  };
}
