/**
 * The names by which the rest of this room knows places and the reader of names.
 *
 * @module
 */
export { type ComponentPlace, placeByName } from "./detect/mod.ts";
