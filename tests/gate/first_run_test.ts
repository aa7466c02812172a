import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type CommandResult, runCommand, runDeno } from "../../tasks/test/command.ts";
import { startCountingProxy } from "./counting_proxy.ts";
import { testUnless } from "./needs.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
/** What README promises of `npx -y deno task profile` with empty caches. */
const LIMIT_MB = 165;

interface Downloads {
  denoMb: number;
  packagesMb: number;
  /** What the two commands said, for the failure message. */
  commands: CommandResult[];
}

/** Deno from npm, then what any first task fetches, each with empty caches through the proxy. */
async function measureDownloads(): Promise<Downloads | { reason: string }> {
  const folder = await mkdtemp(join(tmpdir(), "tokenwatt-first-run-"));
  const proxy = startCountingProxy();
  try {
    const env = {
      ...proxy.env,
      DENO_DIR: join(folder, "deno"),
      npm_config_cache: join(folder, "npm"),
      // npx takes an installed Deno rather than fetch one; in an empty prefix there is none.
      npm_config_prefix: join(folder, "prefix"),
    };
    const version = `deno@${Deno.version.deno}`;
    const deno = await runCommand("npx", ["-y", version, "--version"], {
      cwd: folder,
      env,
      show: false,
    });
    if (deno.code === 127) return { reason: "npx is not in PATH" };
    const denoBytes = proxy.receivedBytes();
    const task = await runDeno(["task", "profile", "--help"], { cwd: ROOT, env, show: false });
    const packagesBytes = proxy.receivedBytes() - denoBytes;
    if (proxy.unreachable.length > 0) return { reason: `cannot reach ${proxy.unreachable[0]}` };
    if (denoBytes === 0) return { reason: "npm does not download through a proxy here" };
    return { denoMb: denoBytes / 1e6, packagesMb: packagesBytes / 1e6, commands: [deno, task] };
  } finally {
    proxy.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function lackingHere(): string | null {
  if (process.env.CI !== "true" && process.env.TOKENWATT_LONG !== "1") {
    return "downloads 160 MB; runs with CI=true and in deno task test:long";
  }
  if ((process.env.HTTPS_PROXY ?? process.env.https_proxy ?? "") !== "") {
    return "a proxy is set here already, and ours does not pass requests on to another";
  }
  return null;
}

const lacking = lackingHere();
// Measured while loading, as only then is it known whether the network can be reached at all.
const downloads = lacking === null ? await measureDownloads() : { reason: lacking };

testUnless(
  "reason" in downloads ? downloads.reason : null,
  `a first run downloads at most ${LIMIT_MB} MB`,
  () => {
    assert.ok("commands" in downloads);
    const { denoMb, packagesMb, commands } = downloads;
    for (const { code, text } of commands) assert.equal(code, 0, text);
    const totalMb = denoMb + packagesMb;
    console.log(
      `First run: Deno ${denoMb.toFixed(1)} MB + packages ${packagesMb.toFixed(1)} MB = ` +
        `${totalMb.toFixed(1)} MB`,
    );
    // An empty cache that downloads next to nothing was not empty, and measured nothing.
    assert.ok(denoMb > 20, `Deno alone has over 20 MB, counted ${denoMb} MB`);
    assert.ok(packagesMb > 20, `the packages have over 20 MB, counted ${packagesMb} MB`);
    assert.ok(totalMb <= LIMIT_MB, `${totalMb.toFixed(1)} MB is over ${LIMIT_MB} MB`);
  },
);
