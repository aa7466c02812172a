import { type ChipShape, type ClusterShape, RIG_CHIPS, type RigChip } from "./chips.ts";

/** What a record says. What is left out is that of an M4 Max at work, in round numbers. */
export interface RecordContent {
  chip?: RigChip;
  elapsedNs?: number;
  /** Epoch ms; written in whole seconds, rounded down. */
  timestampMs?: number;
  /** Whole mJ. */
  energyMj?: { cpu?: number; gpu?: number; ane?: number };
  thermalPressure?: string;
  /** Share of the time in use, 0 to 1. */
  cpuActivity?: number;
  gpuActivity?: number;
  /** Sections to leave out, as other samplers would. */
  without?: readonly ("processor" | "gpu" | "thermal_pressure")[];
}

/**
 * One record as powermetrics writes it, from `<?xml` to the newline after `</plist>`: sections, keys,
 * order, units and size as in the recordings that the shared notes describe (4.1, 4.2), 56 KB on an
 * M4 Max. Power is energy / elapsed exactly, in six digits.
 */
export function recordXml(content: RecordContent = {}): string {
  const shape = RIG_CHIPS[content.chip ?? "m4max"];
  const elapsedNs = content.elapsedNs ?? 118_000_000;
  const without = content.without ?? [];
  const { cpu = 1200, gpu = 350, ane = 0 } = content.energyMj ?? {};
  const date = new Date(content.timestampMs ?? 1_769_116_027_000).toISOString()
    .replace(/\.\d+Z/, "Z");
  const power = (mj: number) => real(mj / (elapsedNs * 1e-9));

  const processor = `<key>processor</key>\n<dict>\n<key>clusters</key>\n<array>\n` +
    shape.clusters.map((cluster) =>
      clusterXml(cluster, content.cpuActivity ?? 0.4, elapsedNs, shape.hasDown)
    ).join("") +
    `</array>\n` +
    `<key>cpu_energy</key>\n<integer>${cpu}</integer>\n<key>cpu_power</key>\n${power(cpu)}\n` +
    `<key>gpu_energy</key>\n<integer>${gpu}</integer>\n<key>gpu_power</key>\n${power(gpu)}\n` +
    `<key>ane_energy</key>\n<integer>${ane}</integer>\n<key>ane_power</key>\n${power(ane)}\n` +
    `<key>combined_power</key>\n${power(cpu + gpu + ane)}\n</dict>\n`;

  return `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ` +
    `"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n` +
    `<plist version="1.0">\n<dict>\n<key>is_delta</key><true/>\n` +
    `<key>elapsed_ns</key><integer>${elapsedNs}</integer>\n` +
    `<key>hw_model</key><string>${shape.hwModel}</string>\n` +
    `<key>kern_osversion</key><string>${shape.osBuild}</string>\n` +
    `<key>kern_bootargs</key><string></string>\n` +
    `<key>kern_boottime</key><integer>1768975932</integer>\n` +
    `<key>timestamp</key><date>${date}</date>\n` +
    (without.includes("processor") ? "" : processor) +
    (without.includes("thermal_pressure")
      ? ""
      : `<key>thermal_pressure</key><string>${content.thermalPressure ?? "Nominal"}</string>\n`) +
    (without.includes("gpu") ? "" : gpuXml(shape, elapsedNs, content.gpuActivity ?? 0.3, gpu)) +
    `</dict>\n</plist>\n`;
}

function clusterXml(
  cluster: ClusterShape,
  activity: number,
  elapsedNs: number,
  hasDown: boolean,
): string {
  const share = cluster.isDown ? 0 : activity;
  const residency = residencyXml(cluster.mhz, share, elapsedNs, hasDown, cluster.isDown ?? false);
  const cpus = Array.from(
    { length: cluster.cpus },
    (_, cpu) => `<dict>\n<key>cpu</key><integer>${cpu}</integer>\n${residency}</dict>\n`,
  );
  return `<dict>\n<key>name</key><string>${cluster.name}</string>\n` +
    `<key>hw_resid_counters</key><true/>\n${residency}` +
    (hasDown && !cluster.isDown ? `<key>online_ratio</key><real>1</real>\n` : "") +
    `<key>cpus</key>\n<array>\n${cpus.join("")}</array>\n</dict>\n`;
}

function residencyXml(
  mhz: readonly number[],
  share: number,
  elapsedNs: number,
  hasDown: boolean,
  isDown: boolean,
): string {
  const usedNs = Math.round(share * elapsedNs);
  const downNs = isDown ? elapsedNs : 0;
  const idleNs = elapsedNs - usedNs - downNs;
  return `<key>freq_hz</key>${real(isDown ? 0 : mhz[1]! * 1e6)}\n` +
    `<key>idle_ns</key><integer>${idleNs}</integer>\n` +
    `<key>idle_ratio</key>${real(idleNs / elapsedNs)}\n` +
    (hasDown
      ? `<key>down_ns</key><integer>${downNs}</integer>\n` +
        `<key>down_ratio</key>${real(downNs / elapsedNs)}\n`
      : "") +
    statesXml(
      "dvfm_states",
      mhz.map((freq) => `<key>freq</key><integer>${freq}</integer>`),
      usedNs,
    );
}

function gpuXml(shape: ChipShape, elapsedNs: number, activity: number, energyMj: number): string {
  const usedNs = Math.round(activity * elapsedNs);
  const idleNs = elapsedNs - usedNs;
  const names = (key: string, name: string) =>
    shape.gpuMhz.map((_, i) => `<key>${key}</key><string>${name}${i + 1}</string>`);
  return `<key>gpu</key>\n<dict>\n<key>freq_hz</key>${real(shape.gpuMhz[1]!)}\n` +
    `<key>idle_ns</key><integer>${idleNs}</integer>\n` +
    `<key>idle_ratio</key>${real(idleNs / elapsedNs)}\n` +
    statesXml(
      "dvfm_states",
      shape.gpuMhz.map((freq) => `<key>freq</key><integer>${freq}</integer>`),
      usedNs,
    ) +
    statesXml("sw_requested_state", names("sw_req_state", "P"), usedNs) +
    statesXml("sw_state", names("sw_state", "SW_P"), usedNs) +
    // Some systems write this pair twice, and the energy is another reading than processor's.
    `<key>idle_ns</key><integer>${idleNs}</integer>\n` +
    `<key>gpu_energy</key><integer>${energyMj + 8}</integer>\n</dict>\n`;
}

function statesXml(key: string, labels: readonly string[], usedNs: number): string {
  const states = labels.map((label, i) =>
    `<dict>\n${label}\n<key>used_ns</key><integer>${i === 1 ? usedNs : 0}</integer>\n` +
    `<key>used_ratio</key>${real(i === 1 ? 1 : 0)}\n</dict>\n`
  );
  return `<key>${key}</key>\n<array>\n${states.join("")}</array>\n`;
}

function real(value: number): string {
  return `<real>${Number(value.toPrecision(6))}</real>`;
}
