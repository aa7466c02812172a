import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  POWERMETRICS_RECORDS,
  POWERMETRICS_SAMPLERS,
  SAMPLING_INTERVALS_MS,
} from "../../lib/power/mod.ts";
import { readSudoRule } from "../../setup/sudo_rule.ts";
import { allCommandLines, sudoersFile, sudoersUser } from "../../setup/sudoers.ts";
import { testUnless } from "../gate/needs.ts";
import { lacking, withRule } from "./sandbox.ts";

const CVTSUDOERS = "/usr/bin/cvtsudoers";

/** The command lines that a rule allows, as the program gets them. */
function allowedLines(text: string): string[][] {
  return [...text.matchAll(/^ {4}(\/usr\/bin\/powermetrics .*?)(?:, \\)?$/gm)]
    .map(([, line = ""]) => line.replaceAll("\\,", ",").split(" "));
}

const LINES = allowedLines(sudoersFile({ name: "ada", uid: 501 }));

Deno.test("sudoersFile() allows every cadence with its own -n, and nothing that is not fixed", () => {
  assert.deepEqual(LINES, allCommandLines());
  assert.equal(LINES.length, SAMPLING_INTERVALS_MS.length * 2);
  for (const intervalMs of SAMPLING_INTERVALS_MS) {
    for (const samplers of Object.values(POWERMETRICS_SAMPLERS)) {
      const fixed = `-i ${intervalMs} -n ${
        POWERMETRICS_RECORDS[intervalMs]
      } --samplers ${samplers}`;
      assert.ok(LINES.some((line) => line.join(" ").endsWith(fixed)), fixed);
    }
  }
  assert.equal(new Set(LINES.map((line) => line.join(" "))).size, LINES.length);
  for (const line of LINES) {
    assert.equal(line[0], "/usr/bin/powermetrics");
    assert.doesNotMatch(line.join(" "), /[*?[\]^!\\]|(^| )(-o|-u|--output-file)\b/);
  }
});

Deno.test("docs/powermetrics.md shows the rule as it is written", () => {
  const text = Deno.readTextFileSync(new URL("../../docs/powermetrics.md", import.meta.url));
  const rule = sudoersFile({ name: "you", uid: 501 }).replaceAll(/^#.*\n/gm, "")
    .replaceAll(/^you /gm, "YOU ");
  assert.ok(text.includes(rule), "the rule in the document differs");
});

Deno.test("sudoersUser() writes a plain name as it is and any other as a number", () => {
  for (const name of ["ada", "_www", "ada.lovelace", "ada-2"]) {
    assert.equal(sudoersUser({ name, uid: 501 }), name);
  }
  const odd = [
    "ALL",
    "ADA",
    "Ada",
    "%admin",
    "+net",
    "#0",
    "ada lovelace",
    "ada,bob",
    "a\nb",
    "",
    "é",
  ];
  for (const name of [...odd, "CORP\\ada", "ada ALL=(ALL) NOPASSWD: ALL\nx", "!ada", "-x", 'a"b']) {
    assert.equal(sudoersUser({ name, uid: 501 }), "#501", name);
  }
});

testUnless(
  existsSync(CVTSUDOERS) ? null : "sudo's cvtsudoers is not here",
  "sudoersFile() is read by sudo as one rule for that user alone, whatever the name holds",
  async () => {
    const names = ["ada", "ALL", "ada lovelace", "a\nroot ALL=(ALL) NOPASSWD: ALL\n#", "a\\", "%x"];
    for (const name of names) {
      const path = await Deno.makeTempFile();
      await Deno.writeTextFile(path, sudoersFile({ name, uid: 501 }));
      const { success, stdout, stderr } = await new Deno.Command(CVTSUDOERS, {
        args: ["-e", "-f", "json", path],
      }).output();
      await Deno.remove(path);
      assert.ok(success, new TextDecoder().decode(stderr));
      const { User_Specs: specs } = JSON.parse(new TextDecoder().decode(stdout));
      assert.equal(specs.length, 2);
      const commands = [];
      for (const { User_List, Cmnd_Specs } of specs) {
        assert.deepEqual(User_List, [name === "ada" ? { username: "ada" } : { userid: 501 }]);
        assert.equal(Cmnd_Specs.length, 1);
        assert.deepEqual(Cmnd_Specs[0].runasusers, [{ username: "root" }]);
        assert.deepEqual(Cmnd_Specs[0].Options, [{ authenticate: false }]);
        commands.push(...Cmnd_Specs[0].Commands);
      }
      assert.deepEqual(
        commands.map(({ command }) => command.replaceAll("\\", "")),
        LINES.map((line) => line.join(" ")),
      );
    }
  },
);

testUnless(lacking, "the installed rule runs each allowed line, and no other", async () => {
  await withRule(async ({ sudo, rule, user }) => {
    const { mode, uid, gid } = await Deno.stat(rule);
    assert.deepEqual([mode! & 0o7777, uid, gid], [0o440, 0, 0]);
    assert.equal(await Deno.readTextFile(rule), sudoersFile(user));
    for (const line of LINES) {
      const { code, text } = await sudo(...line);
      assert.equal(code, 0, text);
      assert.equal(text, `uid 0 runs ${line.slice(1).join(" ")}\n`);
    }
    for (const [what, line] of refused()) {
      const { code, text } = await sudo(...line);
      assert.equal(code, 1, `${what}: ${text}`);
      assert.doesNotMatch(text, /runs/, what);
      assert.match(text, /password is required|not (allowed|permitted)/, `${what}: ${text}`);
    }
    const listing = await sudo("-ll");
    assert.equal(readSudoRule(listing.text, LINES), "exact");
    assert.equal(readSudoRule(listing.text, LINES.slice(1)), "unrestricted");
    assert.equal(readSudoRule(listing.text, [...LINES, ["/usr/bin/powermetrics"]]), "partial");
  });
  assert.ok(!existsSync("/usr/bin/powermetrics"), "the stand-in is gone");
});

/** Every way in which an allowed line could be stretched. */
function refused(): [what: string, line: string[]][] {
  const one = LINES[1]!;
  const changed = (from: string, to: string) => one.map((word) => word === from ? to : word);
  const interval = one[one.indexOf("-i") + 1]!;
  const records = one[one.indexOf("-n") + 1]!;
  const samplers = one.at(-1)!;
  return [
    ["no argument", one.slice(0, 1)],
    ["-o at the end", [...one, "-o", "/etc/x"]],
    ["-o at the front", [one[0]!, "-o", "/etc/x", ...one.slice(1)]],
    ["-o in the samplers", [...one.slice(0, -1), `${samplers} -o /etc/x`]],
    ["--output-file", [...one, "--output-file=/etc/x"]],
    ["-u, as -o once was called", [...one, "-u", "/etc/x"]],
    ["an empty argument", [...one, ""]],
    ["one argument less", one.slice(0, -2)],
    ["another interval", changed(interval, "10")],
    ["another number of records", changed(records, "0")],
    ["a cadence with another's number of records", changed(interval, "1000")],
    ["more samplers", changed(samplers, `${samplers},tasks`)],
    ["other samplers", changed(samplers, "tasks")],
    ["another format", changed("plist", "text")],
    ["another order", [one[0]!, ...one.slice(3), ...one.slice(1, 3)]],
    ["the same twice", [...one, ...one.slice(1)]],
    ["a line feed", [...one.slice(0, -1), `${samplers}\n-o`]],
    ["another program", ["/bin/ls"]],
    ["a shell", ["/bin/sh", "-c", one.join(" ")]],
    ["another user", ["-u", "nobody", ...one]],
    ["a variable", ["X=1", ...one]],
    ["another working folder", ["-D", "/tmp", ...one]],
    ["a shell around it", ["-s", ...one]],
    ["an edit", ["-e", "/etc/sudoers"]],
  ];
}
