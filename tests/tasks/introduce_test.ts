import assert from "node:assert/strict";
import { loadModel } from "../../lib/model/mod.ts";
import { sourceSpec } from "../../lib/power/mod.ts";
import { introduce } from "../../tasks/profile/introduce.ts";
import type { LiveScreen } from "../../tasks/profile/live_screen.ts";

async function said(minSeconds: number, maxSeconds: number): Promise<string> {
  const lines: string[] = [];
  const screen = { say: (line: string) => void lines.push(line) } as unknown as LiveScreen;
  await introduce(await loadModel("models/tinytales"), {
    power: sourceSpec("rig:m4max"),
    intervalMs: "100",
    resolve: "phases",
    minSeconds,
    maxSeconds,
  }, screen);
  return lines.join("\n");
}

Deno.test("introduce() says what runs, on which power, and which limit ends it", async () => {
  const usual = await said(3, 60);
  assert.match(usual, /^Model {2}tinytales: llama, 6 layers.*\nPower {2}simulated M4 Max, asked/);
  assert.doesNotMatch(usual, /--max-seconds/);
  assert.match(await said(120, 60), /Measures 60 s, not 120: --max-seconds ends it before/);
});
