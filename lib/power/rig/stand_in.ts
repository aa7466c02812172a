/**
 * The rig as a program that can stand in for /usr/bin/powermetrics: `-i` and `-n` as there,
 * everything else from TOKENWATT_RIG, a JSON object of `StandInOrder`.
 *
 * @module
 */
import type { Phase } from "../../record.ts";
import { LiveRig, type RigOptions } from "./live.ts";
import type { RigRecord } from "./meter.ts";
import { SeededRandom } from "./random.ts";

/** What the stand-in is told. */
export interface StandInOrder extends RigOptions {
  /** A file of the phases of the run that goes on, a line of `{ phase, atMs }` each; read as it grows. */
  phasesPath?: string;
  /** A file in which it says what was true, a line of `StandInTruth` each. */
  truthPath?: string;
}

/** What was true of one record. */
export interface StandInTruth {
  startMs: number;
  endMs: number;
  /** What the record says, in mJ. */
  energyMj: Record<string, number | null>;
  /** What the rails truly drew between the boundaries, in mJ. */
  trueMj: number;
}

const COMPLAINT = "Second underflow occured.";
const FOLLOW_MS = 20;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const order = JSON.parse(Deno.env.get("TOKENWATT_RIG") ?? "{}") as StandInOrder;
  const rig = new LiveRig(order, option("-i"));
  const random = new SeededRandom(order.seed ?? 1);
  if (rig.traits.complains) console.error(COMPLAINT);
  if (order.phasesPath !== undefined) follow(order.phasesPath, rig);

  let records = 0;
  const onRecord = ({ record, startMs, endMs }: RigRecord) => {
    const trueMj = rig.schedule.totalMj(startMs, endMs);
    const truth: StandInTruth = { startMs, endMs, energyMj: record.energyMj, trueMj };
    if (order.truthPath !== undefined) {
      Deno.writeTextFileSync(order.truthPath, JSON.stringify(truth) + "\n", { append: true });
    }
    if (rig.traits.complains && random.chance(0.2)) console.error(COMPLAINT);
    if (++records >= option("-n")) Deno.exit(0);
  };
  for await (const bytes of rig.bytes(onRecord)) write(bytes);
  console.error("powermetrics: IOReport subscription lost");
  Deno.exit(3);
}

function option(name: string): number {
  return Number(Deno.args[Deno.args.indexOf(name) + 1]);
}

/** Hands on the phases that someone else writes down. */
function follow(path: string, rig: LiveRig): void {
  let known = 0;
  setInterval(() => {
    const lines = Deno.readTextFileSync(path).split("\n").slice(0, -1);
    for (const line of lines.slice(known)) {
      const { phase, atMs } = JSON.parse(line) as { phase: Phase; atMs: number };
      rig.enter(phase, atMs);
    }
    known = lines.length;
  }, FOLLOW_MS);
}

function write(bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch {
    // Deno ignores SIGPIPE; powermetrics dies of it.
    Deno.exit(141);
  }
}
