/**
 * The statistics that every answer stands on: intervals, tests, floors, fits. Numbers in, numbers
 * out; nothing here knows what a run is.
 *
 * @module
 */
export { detectionFloor, type NullSpread } from "./detection_floor.ts";
export { chiSquaredQuantile, studentP, studentQuantile } from "./distributions.ts";
export { type Fit, fitLeastSquares, type Fitted, relativeWorths } from "./least_squares.ts";
export { fitLine, type Line, type Point, worthOf } from "./line_fit.ts";
export { type MeanTest, type TestKind, testPaired, testUnpaired } from "./mean_tests.ts";
export { meanOf, sumOver, varianceOf } from "../../sample.ts";
export { holmCorrected } from "./multiple.ts";
