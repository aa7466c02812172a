import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { fitLine, type Line } from "../../lib/analysis/statistics/mod.ts";
import { ENGINES } from "../../lib/inference/mod.ts";
import { TextLineStream } from "../../tasks/bench/text_lines.ts";
import { scratch } from "../store/scene.ts";
import type { SoakLine } from "./soak.ts";

const LONG = Deno.env.get("TOKENWATT_LONG") === "1";
const MINUTES = Number(Deno.env.get("TOKENWATT_SOAK_MINUTES") ?? (LONG ? 120 : 0.2));

/** Memory that a run may keep, and what the heaps of a process grow by until they are warm. */
const KEPT_A_RUN = 64 * 1024;
const WARMING = 24 * 2 ** 20;

/**
 * Files that a run leaves open. A Worker that has loaded a Node-API addon, as `ort-node` is, leaves
 * the epoll and the eventfd of its event loop behind when it ends, in Deno 2.9: also one that does
 * nothing but import it, whether it is terminated or closes itself. Deno raises the limit of open
 * files to the system's hard one, so this ends no session.
 */
const FILES_A_RUN = { "ort-node": 2, "ort-ffi": 0 };

/** Of simulated power, from the first warm run to the last: what a phase is dated wrongly by counts. */
const MOST_DRIFT = 0.05;

/** NTP moves the system's clock by no more than 500 ppm (RFC 5905, 11.3). */
const MOST_SLEW = 500e-6;

for (const engine of ENGINES) {
  Deno.test(`${engine}: run after run, memory, files, threads, energy and clock are steady`, async () => {
    using scene = scratch();
    const lines = await soak(engine, MINUTES * 60 / ENGINES.length, scene.path);
    for (const { status, keptShare } of lines) {
      assert.deepEqual([status, keptShare], ["complete", 1]);
    }

    const warm = lines.slice(Math.floor(lines.length / 2));
    const [first, last] = [warm[0]!, warm.at(-1)!];
    const memory = slopeOf(warm, ({ rssBytes }) => rssBytes);
    const power = slopeOf(warm, ({ decodeMw }) => decodeMw / first.decodeMw);
    const step = slopeOf(warm, ({ tokenMs }) => tokenMs / first.tokenMs);
    const shown = ({ slope, slopeError }: Line, unit: number, digits: number) =>
      `${(slope / unit).toFixed(digits)} ± ${(slopeError / unit).toFixed(digits)}`;
    console.log(
      `${engine}: ${lines.length} runs in ${(last.atMs / 1000).toFixed(0)} s; a run adds ` +
        `${shown(memory, 1024, 0)} KiB to ${(last.rssBytes / 2 ** 20).toFixed(0)} MiB, ` +
        `${shown(power, 0.01, 3)} % to power, ${shown(step, 0.01, 2)} % to a step; ` +
        `${first.files} → ${last.files} files, ${first.threads} → ${last.threads} threads`,
    );
    const kept = memory.slope - memory.slopeError;
    assert.ok(kept < KEPT_A_RUN + WARMING / warm.length, `each run keeps ${kept} bytes at least`);
    // Where others keep the machine busy a few runs scatter widely; many tell a drift all the same.
    const drift = (Math.abs(power.slope) - 2 * power.slopeError) * warm.length;
    assert.ok(drift < MOST_DRIFT, `power drifts by ${drift} of itself at least`);
    const slewMs = Math.abs(last.wallAheadMs - lines[0]!.wallAheadMs);
    assert.ok(slewMs < MOST_SLEW * last.atMs + 5, `the clocks part by ${slewMs} ms`);
    if (first.files !== null && last.files !== null) {
      // One run's Worker may not have gone yet.
      const files = last.files - first.files;
      assert.ok(files <= FILES_A_RUN[engine] * warm.length + 2, `${files} files were left open`);
      assert.ok(last.threads! <= first.threads! + 4, `${first.threads} → ${last.threads} threads`);
    }
  });
}

async function soak(engine: string, seconds: number, path: string): Promise<SoakLine[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-prompt", "-A", "--no-lock", "--v8-flags=--expose-gc"],
      fileURLToPath(new URL("soak.ts", import.meta.url)),
      ...[`${seconds}`, engine, path],
    ],
    // One heap for all threads: what glibc keeps of freed memory for each would hide what is held.
    env: { MALLOC_ARENA_MAX: "1" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines: SoakLine[] = [];
  const texts = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of texts) lines.push(JSON.parse(line));
  assert.equal((await child.status).code, 0);
  return lines;
}

function slopeOf(lines: readonly SoakLine[], value: (line: SoakLine) => number): Line {
  const line = fitLine(lines.map((one, x) => ({ x, y: value(one), weight: 1 })));
  assert.ok(line, "three runs at least");
  return line;
}
