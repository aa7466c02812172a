/** Runs of every shape that a report must bear. */
import type { ProfilingRun } from "../../lib/record.ts";
import type { ReportedRun } from "../../lib/report/mod.ts";
import { insideRun } from "../charts/insides.ts";
import { HOSTILE_TEXT } from "../notebook/hostile.ts";

/** A run that was looked into as far as can be. */
export function richRun(): ProfilingRun {
  return insideRun({ activations: true, deep: true, experts: 8, amplified: ["q_proj"] });
}

/** 500 tokens × 32 layers. */
export function largeRun(): ProfilingRun {
  return insideRun({ layers: 32, tokens: 500, heads: 8, activations: true, deep: true });
}

/** 252 tokens × 8 layers: the fewest cells that a heat map draws as a raster. */
export function rasterRun(): ProfilingRun {
  return insideRun({ layers: 8, tokens: 252, heads: 2, activations: true, deep: true });
}

/** Every text that a run can hold attacks who draws it; the prompt is a line of a megabyte. */
export function hostileRun(): ReportedRun {
  const text = HOSTILE_TEXT;
  const run = richRun();
  const { cells } = run.inside!;
  const renamed = <T extends { component: string }>(part: T): T => ({
    ...part,
    component: `${text} ${part.component}`,
  });
  return {
    run: {
      ...run,
      runId: text,
      prompt: text + "x".repeat(1_000_000),
      response: text,
      verdict: text,
      model: { ...run.model, name: text, family: text, precision: text, path: text },
      power: { ...run.power, label: text, source: text },
      runtime: { ...run.runtime!, engine: text, engineNote: text, provider: text, detail: text },
      findings: [{
        kind: "gap",
        severity: "warning",
        value: 1,
        unit: text,
        message: text,
        remedy: text,
      }],
      tokens: run.tokens.map((token, at) => ({
        ...token,
        text: at === 3 ? text + "y".repeat(1_000_000) : text,
      })),
      sections: run.sections.map((section) => ({ ...section, name: text })),
      inside: {
        ...run.inside!,
        parts: run.inside!.parts.map(renamed),
        components: run.inside!.components.map(renamed),
        notes: [text],
        cells: { ...cells!, places: cells!.places.map(renamed) },
      },
      status: "interrupted",
      reason: text,
      experiment: text,
      tags: [text, text],
      options: { [text]: text },
      startedAtMs: 1_790_000_000_000,
      host: {
        hostname: text,
        os: text,
        osRelease: text,
        arch: text,
        chip: text,
        memoryBytes: null,
        pid: 1,
        processStartedAtMs: 0,
      },
      details: { engine: text, gitCommit: text, model: { attentionKind: text } },
    },
  };
}

/** A page without its styles, scripts and data. */
export function markupOf(html: string): string {
  return html.replace(/<(script|style)[^>]*>[^]*?<\/\1>/g, "");
}

/** A failure that does not print the whole page. */
export function refuse(text: string, pattern: RegExp): void {
  const found = pattern.exec(text);
  if (found === null) return;
  const around = text.slice(Math.max(0, found.index - 80), found.index + 80);
  throw new Error(`${pattern} is in: ${around}`);
}
