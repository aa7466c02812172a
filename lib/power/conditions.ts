import type { Finding } from "../record.ts";

/** How the machine is powered; `null` where it could not be asked. */
export interface PowerConditions {
  /** Whether it runs from its battery. */
  onBattery: boolean | null;
  /** Whether the system saves power at the cost of speed. */
  lowPowerMode: boolean | null;
}

const UNKNOWN: PowerConditions = { onBattery: null, lowPowerMode: null };

/**
 * Asks macOS's `pmset` how the machine is powered (some 10 ms); needs `--allow-run=pmset`. Unknown
 * without it, and on other systems, where Deno lets no task read what the kernel says of it.
 */
export async function readPowerConditions(
  os: typeof Deno.build.os = Deno.build.os,
): Promise<PowerConditions> {
  if (os !== "darwin") return UNKNOWN;
  try {
    return parsePmset(await pmset("batt"), await pmset("live"));
  } catch {
    // Without permission, or without a battery to ask about, there is nothing to find.
    return UNKNOWN;
  }
}

/** Reads what `pmset -g batt` and `pmset -g live` print. */
export function parsePmset(battery: string, settings: string): PowerConditions {
  const source = battery.match(/drawing from '([^']+)'/)?.[1];
  // Laptops of 2021 and later have `powermode`: 0 automatic, 1 low, 2 high; others `lowpowermode`.
  const mode = settings.match(/^\s*(?:lowpowermode|powermode)\s+(\d+)/m)?.[1];
  return {
    onBattery: source === undefined ? null : /battery/i.test(source),
    lowPowerMode: mode === undefined ? null : mode === "1",
  };
}

/** Says where the machine was not powered as it is at its best. */
export function checkPowerConditions(conditions: PowerConditions): Finding[] {
  const found: [boolean | null, string, string][] = [
    [conditions.onBattery, "The machine ran from its battery", "plug it in and run again"],
    [
      conditions.lowPowerMode,
      "The machine was in low-power mode",
      "turn it off (System Settings, Battery) and run again",
    ],
  ];
  return found.filter(([isSo]) => isSo === true).map(([, message, remedy]) => ({
    kind: "low-power",
    severity: "warning",
    value: 1,
    unit: "",
    message: `${message}: the system may have lowered its clocks`,
    remedy,
  }));
}

async function pmset(what: "batt" | "live"): Promise<string> {
  const { stdout } = await new Deno.Command("pmset", {
    args: ["-g", what],
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}
