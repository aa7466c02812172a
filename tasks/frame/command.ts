import {
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from "@commander-js/extra-typings";
import { CommanderError } from "commander";
import { InputError } from "../../lib/errors.ts";
import { applyConfigFile } from "./config_file.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { endProcess } from "./end.ts";
import { asTyped } from "./program.ts";
import { suggestChoices } from "./suggest.ts";

/** What the shell is told. 1 is for a run that failed, 130 for one that Ctrl-C ended. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** A command with the habits that all of ours share. */
export function command(name: string, description: string): Command {
  return new Command(`deno task ${name}`)
    .description(description)
    .showHelpAfterError(false)
    .helpOption("-h, --help", "show this help")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
}

/**
 * Parses the arguments, runs the command's action and ends the process with the right code. Bad
 * input is one line on stderr; only a defect of our own shows a stack trace.
 */
export async function runCommand(command: CommandUnknownOpts, args = Deno.args): Promise<void> {
  endProcess(await codeOf(command, args));
}

async function codeOf(command: CommandUnknownOpts, args: readonly string[]): Promise<number> {
  command.configureOutput({
    writeOut: (text) => console.log(asTyped(text).trimEnd()),
    outputError: (text, write) => write(visibleText(asTyped(text))),
  });
  try {
    suggestChoices(command as never);
    applyConfigFile(command as never);
    await command.parseAsync([...args], { from: "user" });
    return EXIT.ok;
  } catch (thrown) {
    const error = firstOf(thrown);
    if (error instanceof ExitWith) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    if (error instanceof InputError || error instanceof InvalidArgumentError) {
      complain(error.message);
      return EXIT.badInput;
    }
    if (error instanceof Deno.errors.NotCapable) {
      complain(`${error.message} (deno.json holds what each task may do)`);
      return EXIT.failed;
    }
    console.error(error);
    return EXIT.failed;
  }
}

/** What went wrong first: closing what `using` holds may fail for the same reason, and comes later. */
function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error;
}

/** Thrown by an action that has said all there is to say. */
export class ExitWith extends Error {
  /** `code` is the process's exit code. */
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** One line on stderr. */
export function complain(message: string): void {
  console.error(`error: ${visibleText(asTyped(message))}`);
}

/** A parser for commander that takes integers in a range. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least && value <= most) {
      return value;
    }
    const limit = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number, ${limit}.`);
  };
}

/** A parser for commander that takes numbers in a range. */
export function number(least: number, most = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most && Number.isFinite(value)) {
      return value;
    }
    const limit = most === Infinity ? `${least} or more` : `${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a number, ${limit}.`);
  };
}

/** Which database a command reads or writes. */
export function databaseOption() {
  return new Option("--db <file>", "database that keeps the runs").default("tokenwatt.db")
    .env("TOKENWATT_DB");
}
