import { InputError } from "../../errors.ts";
import type { Plist, PlistDict } from "./plist.ts";

// "*** Sampled system activity (Sat Nov  8 15:54:21 2025 +0900) (5021.96ms elapsed) ***". The lengths
// are bounded here and below: what is read may be anybody's.
const HEAD = /^\*\*\* Sampled system activity (?:\(([^)]{1,60})\) )?\(([\d.]{1,15})ms elapsed\)/;
const HEADS = /^\*\*\* Sampled system activity/gm;

// "P0-Cluster HW active residency: 5.88% (1260 MHz: 2.6% …)", "CPU 4 frequency: 4512 MHz",
// "GPU idle residency: 98.37%"; without "HW" on macOS 11.
const RESIDENCY =
  /^(\S.{0,30}?) (?:HW )?(?:(active|idle|down) residency|(?:active )?frequency):\s*([\d.]{1,15})(?:%| MHz)(?: \((.*)\))?$/;

const POWER = /^(CPU|GPU|ANE|DRAM|Package) Power:\s*([\d.]{1,15}) mW$/;

/** Says that a record is in the text format, and not a property list. */
export function isTextRecord(record: string): boolean {
  return !/^[\0\s]*</.test(record) && /^(Machine model:|\*\*\* Sampled system)/m.test(record);
}

/**
 * Reads one sample of `powermetrics -f text` as the property list that it stands for.
 *
 * The text has powers only, in whole mW: an energy is power × elapsed, and so good to 0.5 mW of
 * that. It has residencies in percent, those of a frequency in two digits: they are scaled so that
 * their sum is the active residency, which has more. Throws `InputError` for text that is cut off.
 */
export function readTextRecord(record: string): PlistDict {
  const heads = record.match(HEADS)?.length ?? 0;
  if (heads > 1) throw unreadable("the text holds several", "pass one sample at a time");
  const lines = record.split(/\r?\n/).map((line) => line.trimEnd());
  const head = lines.map((line) => line.match(HEAD)).find((found) => found !== null);
  if (!head) throw unreadable('it has no whole line "*** Sampled system activity … elapsed"');
  const elapsedMs = Number(head[2]);

  const clusters: PlistDict[] = [];
  const processor: PlistDict = new Map([["clusters", clusters]]);
  const root: PlistDict = new Map<string, Plist>([
    ["elapsed_ns", nanoseconds(elapsedMs)],
    ["timestamp", isoDate(head[1] ?? "")],
    ["processor", processor],
  ]);
  let section = "";
  let gpu: PlistDict | null = null;
  for (const line of lines) {
    const heading = line.match(/^\*{4} *(.{1,60}?) *\*{4}$/);
    const residency = line.match(RESIDENCY);
    const power = line.match(POWER);
    if (heading) section = heading[1]!;
    else if (residency) {
      const [, subject = ""] = residency;
      if (subject === "GPU") root.set("gpu", gpu ??= new Map());
      const one = subject === "GPU" ? gpu : ofProcessor(clusters, subject);
      if (one !== null) addResidency(one, residency, elapsedMs);
    } else if (power) {
      const [, rail = "", mw] = power;
      // The second of two "GPU Power" lines is the GPU's own reading.
      const into = section === "GPU usage" ? gpu ?? processor : processor;
      addOnce(into, `${rail.toLowerCase()}_energy`, (Number(mw) * elapsedMs * 1e-3).toFixed(6));
    } else addPlainLine(root, line);
  }

  const lastLine = lines.findLast((line) => line !== "") ?? "";
  const isWhole = !lastLine.startsWith("****") &&
    (!/^(Processor|GPU) usage$/.test(section) || /(mW|MHz|[%)])$/.test(lastLine));
  const hasPower = clusters.length === 0 || processor.has("cpu_energy");
  const hasIdle = gpu === null || gpu.has("idle_ns");
  if (!isWhole || !hasPower || !hasIdle) {
    throw unreadable(`it is cut off after "${lastLine.slice(0, 60)}"`);
  }
  return root;
}

const PLAIN_KEYS: Record<string, string> = {
  "Machine model": "hw_model",
  "OS version": "kern_osversion",
  "Current pressure level": "thermal_pressure",
};

function addPlainLine(root: PlistDict, line: string): void {
  const [, label = "", value = ""] = line.match(/^([A-Z][\w ]{1,30}): *(.{1,60})$/) ?? [];
  const key = Object.hasOwn(PLAIN_KEYS, label) ? PLAIN_KEYS[label] : undefined;
  if (key !== undefined) addOnce(root, key, value);
}

/** The CPU or cluster of that name; CPUs stand behind the cluster that they belong to. */
function ofProcessor(clusters: PlistDict[], subject: string): PlistDict | null {
  const last = clusters.at(-1) ?? null;
  const cpu = subject.match(/^CPU (\d{1,4})$/)?.[1];
  if (cpu !== undefined) return last === null ? null : nameIn(last.get("cpus"), "cpu", cpu);
  return subject.endsWith("-Cluster") ? nameIn(clusters, "name", subject) : null;
}

function nameIn(list: Plist | undefined, key: string, name: string): PlistDict | null {
  if (!Array.isArray(list)) return null;
  const last = list.at(-1);
  if (last instanceof Map && last.get(key) === name) return last;
  const one: PlistDict = new Map<string, Plist>([[key, name]]);
  if (key === "name") one.set("cpus", []);
  list.push(one);
  return one;
}

function addResidency(one: PlistDict, line: RegExpMatchArray, elapsedMs: number): void {
  const [, , kind, value = "", table = ""] = line;
  if (kind === undefined) addOnce(one, "freq_hz", value);
  else if (kind !== "active") addOnce(one, `${kind}_ns`, nanoseconds(elapsedMs * +value / 100));
  else {
    const states = [...table.matchAll(/(\d{1,6}) MHz:\s*([\d.]{1,9})%/g)];
    const sum = states.reduce((sum, [, , percent]) => sum + Number(percent), 0);
    const scale = sum > 0 ? Number(value) / sum : 0;
    const dicts = states.map(([, freq = "", percent]): PlistDict =>
      new Map([
        ["freq", freq],
        ["used_ns", nanoseconds(elapsedMs * Number(percent) * scale / 100)],
      ])
    );
    addOnce(one, "dvfm_states", dicts);
  }
}

function addOnce(dict: PlistDict, key: string, value: Plist): void {
  if (!dict.has(key)) dict.set(key, value);
}

function nanoseconds(ms: number): string {
  return String(Math.round(ms * 1e6));
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "Sat Nov  8 15:54:21 2025 +0900" as "2025-11-08 15:54:21 +0900"; "" without an offset. */
function isoDate(date: string): string {
  const found = date.match(/^\w{3} (\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) ([+-]\d{4})$/);
  if (!found) return "";
  const [, month = "", day = "", time, year, zone] = found;
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, "0");
  return `${year}-${number}-${day.padStart(2, "0")} ${time} ${zone}`;
}

function unreadable(
  found: string,
  remedy = "pass one whole sample as powermetrics -f text writes it",
): InputError {
  return new InputError(`Cannot read the power record: ${found}`, { remedy });
}
