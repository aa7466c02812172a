/**
 * `deno task compile`: the program `tokenwatt`, which needs neither Deno nor this folder.
 *
 * @module
 */
import { Option } from "@commander-js/extra-typings";
import { InputError } from "../lib/errors.ts";
import { compileArguments } from "./compile/arguments.ts";
import { command, EXIT, ExitWith, runCommand, userPath } from "./frame/mod.ts";

export const task = command("compile", "Make a program of its own, that runs without Deno.")
  .addOption(new Option("-o, --out <file>", "program to write").default("out/tokenwatt"))
  .addOption(new Option("--print", "only print the command that would compile it"))
  .addHelpText(
    "after",
    `
It holds the commands that measure and those that look at what was measured, the model tinytales and
ONNX Runtime, and unpacks itself when it first runs. Its permissions are those of its commands in
deno.json, no network among them. Deno fetches a runtime for it from dl.deno.land; where that cannot
be reached, DENORT_BIN names the denort of this very version of Deno.

Examples:
  deno task compile
  deno task compile -o ~/bin/tokenwatt
  DENORT_BIN=~/denort deno task compile`,
  )
  .action(async ({ out, print }) => {
    const args = compileArguments(userPath(out));
    if (print) return console.log(["deno", ...args].join(" "));
    const { code, stderr } = await new Deno.Command("deno", {
      args,
      cwd: new URL("..", import.meta.url),
      stdin: "null",
      stdout: "inherit",
      stderr: "piped",
    }).output();
    if (code === 0) return console.log(`Compiled ${out}`);
    const said = new TextDecoder().decode(stderr).trim();
    if (said.includes("denort") || said.includes("Setting up base binary")) {
      throw new InputError(
        `Cannot compile ${out}: the runtime for compiled programs cannot be fetched`,
        { remedy: `allow dl.deno.land, or set DENORT_BIN to the denort of ${Deno.version.deno}` },
      );
    }
    console.error(said);
    throw new ExitWith(EXIT.failed);
  });

if (import.meta.main) await runCommand(task);
