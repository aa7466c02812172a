/**
 * Stripes over what is not resolved.
 *
 * @module
 */
import { color } from "./theme.ts";

/** Defines the stripes, in the colour of the page. Always the same, so that it does not matter whose id a page finds. */
export const HATCH_DEFS =
  `<defs><pattern id="tw-hatch" width="5" height="5" patternUnits="userSpaceOnUse" ` +
  `patternTransform="rotate(45)"><path d="M0,0V5" fill="none" stroke="${
    color("surface")
  }" stroke-width="2.4" stroke-opacity="0.6"/></pattern></defs>`;

/** Fills with the stripes; a picture that uses it holds {@linkcode HATCH_DEFS}. */
export const HATCH = "url(#tw-hatch)";
