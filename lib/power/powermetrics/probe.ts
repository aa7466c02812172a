import { failedProbe, WORKS } from "../probe.ts";
import type { SourceProbe } from "../source.ts";
import { powermetricsCommand } from "./command.ts";
import { explainEnding, explainSpawnError } from "./failure.ts";

/**
 * Asks sudo whether it would run the command line, without running it (`sudo -n -l`).
 *
 * On systems other than macOS sudo is not asked at all: it would note the refusal in the system's
 * log. A machine where only another command needs no password passes here and is refused at start.
 */
export async function probePowermetrics(
  os: typeof Deno.build.os = Deno.build.os,
): Promise<SourceProbe> {
  if (os !== "darwin") {
    return {
      works: false,
      reason: `powermetrics is part of macOS, and this is ${os}`,
      remedy: "run on a Mac with Apple Silicon to measure",
    };
  }
  let lastWords = "";
  let code = 0;
  for (const detached of [true, false]) {
    try {
      const output = await new Deno.Command("sudo", {
        args: ["-n", "-l", ...powermetricsCommand(100)],
        stdin: "null",
        stdout: "null",
        stderr: "piped",
        detached,
      }).spawn().output();
      if (output.success) return WORKS;
      lastWords = new TextDecoder().decode(output.stderr).trim();
      code = output.code;
    } catch (error) {
      return failedProbe(explainSpawnError(error));
    }
  }
  // sudo -l that says nothing has found the command and no rule that allows it.
  return failedProbe(
    explainEnding({ code, lastWords: lastWords || "not allowed to execute", records: 0 }),
  );
}
