/**
 * Runs of many machines in one folder of Parquet files, and what they say over time. The queries
 * themselves are DuckDB's, in `tasks/fleet`.
 *
 * @module
 */
export { addToFleet, type FleetAddition } from "./add_run.ts";
export { type FleetFigure, type FleetSubject } from "./figures.ts";
export { type HostCost, hostCosts } from "./host_costs.ts";
export { fleetPath, type FleetPlace } from "./layout.ts";
export {
  type Fleet,
  type FleetFiles,
  fleetFiles,
  type FleetProblem,
  type FleetRun,
  listFleet,
  strangeFiles,
} from "./list_fleet.ts";
export { findRegressions, type FleetHistory, type FleetStep } from "./regressions.ts";
