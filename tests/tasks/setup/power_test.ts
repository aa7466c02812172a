import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { sudoersFile } from "../../../setup/sudoers.ts";
import { type PowerPlace, setUpPower } from "../../../tasks/setup/power.ts";
import { testUnless } from "../../gate/needs.ts";
import { lacking } from "../../setup/sandbox.ts";

const MAC: PowerPlace = {
  os: "darwin",
  user: { name: "nobody-in-particular", uid: 60_001 },
  path: `/etc/sudoers.d/tokenwatt-setup-${Deno.pid}`,
  sudo: "/usr/bin/sudo",
};
const CHOICES = { undo: false, dryRun: false, yes: true };

testUnless(lacking, "setUpPower() writes the rule on a Mac, and --undo removes it", async () => {
  try {
    await setUpPower({ ...CHOICES, dryRun: true }, MAC);
    assert.equal(existsSync(MAC.path), false);
    await setUpPower(CHOICES, MAC);
    assert.equal(Deno.readTextFileSync(MAC.path), sudoersFile(MAC.user));
    await setUpPower({ ...CHOICES, undo: true, dryRun: true }, MAC);
    assert.equal(existsSync(MAC.path), true);
  } finally {
    await setUpPower({ ...CHOICES, undo: true }, MAC);
  }
  assert.equal(existsSync(MAC.path), false);
});

Deno.test("setUpPower() refuses other systems and root, before it asks for anything", async () => {
  const sudo = "/nowhere/sudo";
  await assert.rejects(setUpPower(CHOICES, { ...MAC, sudo, os: "linux" }), /part of macOS/);
  const root = { name: "root", uid: 0 };
  await assert.rejects(setUpPower(CHOICES, { ...MAC, sudo, user: root }), /for root/);
  await assert.rejects(setUpPower(CHOICES, { ...MAC, sudo }), /there is no \/nowhere\/sudo/);
});

testUnless(
  Deno.stdin.isTerminal() ? "it would ask on this terminal" : null,
  "setUpPower() does nothing unasked where nobody can be asked",
  async () => {
    const place = { ...MAC, sudo: "/nowhere/sudo" };
    await assert.rejects(setUpPower({ ...CHOICES, yes: false }, place), /no terminal; pass --yes/);
  },
);
