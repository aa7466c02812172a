import assert from "node:assert/strict";
import { readSudoRule } from "../../setup/sudo_rule.ts";

const NEEDED = [
  ["/usr/bin/powermetrics", "-i", "50", "--samplers", "a,b"],
  ["/usr/bin/powermetrics", "-i", "100", "--samplers", "a,b"],
];

// As sudo 1.9 prints it; newer ones name the file of each entry.
function listing(...entries: { options?: string; runAs?: string; commands: string[] }[]): string {
  return "Matching Defaults entries for ada on mac:\n    env_reset\n\n" +
    "User ada may run the following commands on mac:\n" +
    entries.map(({ options, runAs = "root", commands }, index) =>
      `\nSudoers entry:${index === 0 ? "" : " /etc/sudoers.d/x"}\n    RunAsUsers: ${runAs}\n` +
      (options === undefined ? "" : `    Options: ${options}\n`) +
      `    Commands:\n${commands.map((line) => `\t${line}\n`).join("")}`
    ).join("");
}

const FIRST = "/usr/bin/powermetrics -i 50 --samplers a\\,b";
const SECOND = "/usr/bin/powermetrics -i 100 --samplers a\\,b";
const options = "!authenticate";

Deno.test("readSudoRule() tells the exact rule from one that lacks lines and from none", () => {
  const admin = { runAs: "ALL", commands: ["ALL"] };
  const both = { options, commands: [FIRST, SECOND] };
  assert.equal(readSudoRule(listing(both), NEEDED), "exact");
  assert.equal(readSudoRule(listing(admin, both), NEEDED), "exact");
  assert.equal(readSudoRule(listing({ options, commands: [SECOND] }), NEEDED), "partial");
  assert.equal(readSudoRule(listing(admin), NEEDED), "none");
  assert.equal(readSudoRule("", NEEDED), "none");
});

Deno.test("readSudoRule() finds rules that allow more than the command lines", () => {
  for (const loose of ["/usr/bin/powermetrics", "/usr/bin/powermetrics *", `${FIRST} -o /x`]) {
    const entries = listing({ options, commands: [FIRST, SECOND] }, { options, commands: [loose] });
    assert.equal(readSudoRule(entries, NEEDED), "unrestricted", loose);
  }
  const all = { runAs: "ALL", options: "setenv, !authenticate", commands: ["ALL"] };
  assert.equal(readSudoRule(listing(all), NEEDED), "everything");
});

Deno.test("readSudoRule() takes no rule that asks for a password, or that is not for root", () => {
  const commands = [FIRST, SECOND];
  assert.equal(readSudoRule(listing({ commands }), NEEDED), "none");
  assert.equal(readSudoRule(listing({ options: "setenv", commands }), NEEDED), "none");
  assert.equal(readSudoRule(listing({ options, runAs: "www", commands }), NEEDED), "none");
});
