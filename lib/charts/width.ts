import { InputError } from "../errors.ts";
import { DEFAULT_WIDTH } from "./theme.ts";

/** The width in px, checked. */
export function checkedWidth(width: number = DEFAULT_WIDTH): number {
  if (width >= 320 && width <= 4000) return Math.round(width);
  throw new InputError(`Cannot draw a figure of width ${width}`, {
    remedy: "use a width from 320 to 4000 px",
  });
}
