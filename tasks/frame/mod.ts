/**
 * What all commands share: arguments, exit codes, Ctrl-C, the terminal.
 *
 * @module
 */
export {
  command,
  complain,
  databaseOption,
  EXIT,
  ExitWith,
  integer,
  number,
  runCommand,
} from "./command.ts";
export { interruptible } from "./interrupt.ts";
export { modelPath, userFolder, userPath } from "./places.ts";
export { type Column, tableLines } from "./table.ts";
export { printJson } from "./json.ts";
export { asTyped, IN_CHECKOUT, isCompiled } from "./program.ts";
export { bold, dim, ProgressBar, showsColour, yellow } from "./terminal.ts";
