/**
 * `deno task runs`: the runs in a database, newest first.
 *
 * @module
 */
import { threeDigits } from "../lib/quantities.ts";
import { visibleText } from "../lib/safe_text.ts";
import { Option } from "@commander-js/extra-typings";
import { ProfileDatabase, type RunListing } from "../lib/store/mod.ts";
import { command, databaseOption, integer, runCommand, tableLines, userPath } from "./frame/mod.ts";

const task = command("runs", "List the runs in a database, newest first.")
  .addOption(databaseOption())
  .addOption(new Option("--limit <count>", "how many").argParser(integer(1)).default(20))
  .addOption(new Option("--model <name>", "only runs of this model or family"))
  .addOption(
    new Option("--status <status>", "only runs of this status")
      .choices(["running", "complete", "interrupted", "failed"] as const),
  )
  .addOption(new Option("--json", "print them as JSON"))
  .addHelpText(
    "after",
    `
Examples:
  deno task runs
  deno task runs --status interrupted --json`,
  )
  .action(({ db, limit, model, status, json }) => {
    using database = ProfileDatabase.open(userPath(db), { readOnly: true });
    const runs = database.getRuns({
      limit,
      ...(model === undefined ? {} : { model }),
      ...(status === undefined ? {} : { status }),
    });
    if (json) console.log(JSON.stringify(runs, null, 2));
    else for (const line of listing(runs)) console.log(line);
  });

function listing(runs: readonly RunListing[]): string[] {
  if (runs.length === 0) return ["No runs yet; deno task profile makes one"];
  return tableLines(
    [
      { title: "run" },
      { title: "status" },
      { title: "model" },
      { title: "source" },
      { title: "tokens", right: true },
      { title: "tokens/s", right: true },
      { title: "mJ/token", right: true },
      { title: "prompt" },
    ],
    runs.map(({ runId, status, model, power, totals, prompt }) => [
      runId,
      status,
      visibleText(model.name),
      power.source,
      totals ? `${totals.generatedTokens}` : "–",
      rate(totals?.tokensPerSecond ?? null),
      rate(typeof totals?.joulesPerToken === "number" ? totals.joulesPerToken * 1000 : null),
      visibleText(prompt.length > 40 ? `${prompt.slice(0, 39)}…` : prompt).replaceAll("\n", " "),
    ]),
  );
}

function rate(value: number | null): string {
  return value === null ? "–" : threeDigits(value);
}

if (import.meta.main) await runCommand(task);
