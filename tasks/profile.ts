/**
 * `deno task profile [PROMPT]`: generates an answer and says what it cost.
 *
 * @module
 */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../lib/errors.ts";
import { type ChatMessage, chatPrompt, loadModel } from "../lib/model/mod.ts";
import { checkProfile, profile } from "../lib/profile/mod.ts";
import { reportedRun, saveReport } from "../lib/report/mod.ts";
import { visibleText } from "../lib/safe_text.ts";
import { ProfileDatabase } from "../lib/store/mod.ts";
import {
  EXIT,
  ExitWith,
  interruptible,
  modelPath,
  printJson,
  runCommand,
  userPath,
  yellow,
} from "./frame/mod.ts";
import { efficiencyLines } from "./profile/efficiency_lines.ts";
import { flags, profileOptions } from "./profile/flags.ts";
import { introduce, introduceLoops, introduceSteps, nextSteps } from "./profile/introduce.ts";
import { runJson } from "./profile/json.ts";
import { LiveScreen } from "./profile/live_screen.ts";
import { summaryLines } from "./profile/summary.ts";
import { openTelemetry, telemetryLine } from "./profile/telemetry.ts";

export const task = flags
  .action(async (prompt, options) => {
    const { json = false, quiet = false } = options;
    const telemetry = await openTelemetry(options);
    if (options.report !== undefined) checkFolderOf(userPath(options.report));
    const model = await loadModel(modelPath(options.model), { precision: options.precision });
    const isChat = options.chat === true || options.system !== undefined;
    const asked = isChat ? await chatPrompt(model, turns(prompt, options.system)) : prompt;
    const how = profileOptions(options);
    checkProfile(model, asked, how);
    using database = ProfileDatabase.open(userPath(options.db));
    using signal = interruptible();
    using screen = new LiveScreen({ json, quiet, prompt });
    if (!quiet) {
      await introduce(model, options, screen);
      if (options.resolve === "tokens") introduceSteps(options, screen);
      if (options.amplify !== undefined) introduceLoops(options.amplify, options, screen);
      for (const warning of model.warnings) screen.say(yellow(`       ${visibleText(warning)}`));
    }
    const run = await profile(model, asked, {
      ...how,
      database,
      signal,
      live: (progress) => {
        screen.update(progress);
        telemetry?.power(progress.powerMw);
      },
    });
    screen.end();
    const sent = await telemetry?.send(run);
    if (json) printJson(runJson(run, options));
    else {
      for (const line of summaryLines(run)) console.log(line);
      for (const line of efficiencyLines(run, options)) console.log(line);
      if (!quiet) { for (const line of nextSteps(run, options.db)) console.log(line); }
      if (!quiet && sent !== undefined) console.log(telemetryLine(sent));
    }
    if (options.report !== undefined) {
      const path = userPath(options.report);
      await saveReport(path, reportedRun(database, run.runId));
      if (!quiet && !json) console.log(`Report: ${path}`);
    }
    if (run.status === "interrupted") throw new ExitWith(EXIT.interrupted);
  });

/** Before minutes of measuring, not after. */
function checkFolderOf(path: string): void {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new InputError(`Cannot write the report "${path}": ${folder} is no folder`, {
    remedy: "choose a folder that is there",
  });
}

function turns(prompt: string, system: string | undefined): ChatMessage[] {
  const user = { role: "user", content: prompt };
  return system === undefined ? [user] : [{ role: "system", content: system }, user];
}

if (import.meta.main) await runCommand(task);
