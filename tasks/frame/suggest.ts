import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { Argument, Command, Option } from "commander";
import { nearest } from "../../lib/nearest.ts";

/** Makes a command ask what was meant by a choice that it does not have; flags it asks by itself. */
export function suggestChoices(command: Command): void {
  for (const part of [...command.options, ...command.registeredArguments]) suggestAmong(part);
}

function suggestAmong(part: Option | Argument): void {
  const { argChoices, parseArg } = part;
  if (argChoices === undefined || parseArg === undefined) return;
  part.parseArg = (typed, previous) => {
    try {
      return parseArg(typed, previous);
    } catch (error) {
      const meant = nearest(typed, argChoices);
      if (!(error instanceof InvalidArgumentError) || meant === null) throw error;
      throw new InvalidArgumentError(`${error.message} Did you mean ${meant}?`);
    }
  };
}
