import {
  POWERMETRICS_SAMPLERS,
  powermetricsCommand,
  type PowermetricsSamplers,
  SAMPLING_INTERVALS_MS,
} from "../lib/power/mod.ts";
import { visibleText } from "../lib/safe_text.ts";

/** Where the rule lies. sudo skips names in this folder that hold a dot (sudoers(5), "includedir"). */
export const SUDOERS_PATH = "/etc/sudoers.d/tokenwatt";

/** Who may run powermetrics. */
export interface RuleUser {
  name: string;
  uid: number;
}

const ALIASES: Readonly<Record<PowermetricsSamplers, string>> = {
  plain: "TOKENWATT",
  ane: "TOKENWATT_ANE",
};

/** Every command line that the monitor may use with one set of samplers, one for each interval. */
export function commandLines(samplers: PowermetricsSamplers): string[][] {
  return SAMPLING_INTERVALS_MS.map((intervalMs) => powermetricsCommand(intervalMs, samplers));
}

/** Every command line that the monitor may use. */
export function allCommandLines(): string[][] {
  return samplerSets().flatMap(commandLines);
}

/** The whole text of the file: the rule, and why it is so long. */
export function sudoersFile(user: RuleUser): string {
  const name = visibleText(user.name).replaceAll("\n", "␊");
  return `# For ${name}, by \`deno task setup power\` of Tokenwatt; \`--undo\` removes it.\n` +
    "# Each line is one whole command: no other argument is allowed, above all not -o, with which\n" +
    "# powermetrics writes any file as root. The number after -n ends it after two hours.\n" +
    samplerSets().map((samplers) => rule(sudoersUser(user), samplers)).join("");
}

/**
 * The user as sudoers(5) writes it: a plain name as it is, any other as its number. So nothing has
 * to be quoted, and no name is read as what it is not: ALL, an alias (A_NAME), a %group, a +netgroup.
 */
export function sudoersUser({ name, uid }: RuleUser): string {
  return /^[a-z_][a-z0-9_.-]*$/.test(name) ? name : `#${uid}`;
}

function samplerSets(): PowermetricsSamplers[] {
  return Object.keys(POWERMETRICS_SAMPLERS) as PowermetricsSamplers[];
}

function rule(user: string, samplers: PowermetricsSamplers): string {
  const lines = commandLines(samplers).map((words) => words.map(escaped).join(" "));
  return `Cmnd_Alias ${ALIASES[samplers]} = \\\n    ${lines.join(", \\\n    ")}\n` +
    `${user} ALL=(root) NOPASSWD: ${ALIASES[samplers]}\n`;
}

/** sudoers(5): these need a backslash in a command's arguments. A wildcard is never meant as one. */
function escaped(word: string): string {
  if (/[^\w./,-]/.test(word)) throw new Error(`Cannot name "${word}" in a sudo rule`);
  return word.replaceAll(",", "\\,");
}
