/**
 * The one theme: every colour by its meaning, light and dark, and the styles of a figure.
 * tests/charts/theme_test.ts computes what colour-blind eyes see of it.
 *
 * @module
 */
import type { Rail } from "../record.ts";
import type { ComponentFamily } from "./component_families.ts";

/** How many steps the ramp of energies has. */
export const RAMP_STEPS = 8;

/** Pairs of light and dark. A value occurs once in the light column: dark rules find it by value. */
const COLORS = {
  surface: ["#ffffff", "#15171c"],
  ink: ["#1b1d22", "#eceef2"],
  muted: ["#5f6672", "#a3aab6"],
  faint: ["#c9cdd5", "#454b57"],
  grid: ["#e6e8ec", "#2b2f38"],
  warning: ["#b3261e", "#ff8a80"],
  cpu: ["#1876e8", "#598af7"],
  gpu: ["#eb9a1e", "#eb9d2a"],
  ane: ["#4abe9a", "#63cea0"],
  dram: ["#71114b", "#9b225b"],
  package: ["#c0a7fa", "#dcd0ff"],
  system: ["#636971", "#80848b"],
  "phase-prefill": ["#fbe5c3", "#33281a"],
  "phase-decode": ["#e4edfc", "#19233a"],
  "phase-other": ["#f3f4f6", "#20232a"],
  "mark-prefill": ["#a86400", "#e0a24a"],
  "mark-decode": ["#3f68b5", "#86a8ea"],
  "mark-other": ["#9aa1ad", "#6d7482"],
  "family-projection": ["#485aa2", "#6865db"],
  "family-attention": ["#8f52e0", "#a879a8"],
  "family-mlp": ["#e67f5f", "#e88248"],
  "family-experts": ["#9d6b0b", "#b35f04"],
  "family-norm": ["#98d6ce", "#98dcd9"],
  "family-vocabulary": ["#3b91a0", "#359fea"],
  "family-residual": ["#d0c365", "#e2d887"],
  "family-runtime": ["#9caac2", "#a6a9ad"],
  "family-other": ["#705b4a", "#5d5750"],
  "ramp-0": ["#fbf5e5", "#451b17"],
  "ramp-1": ["#efdcc0", "#642b1b"],
  "ramp-2": ["#e5c29d", "#823e1e"],
  "ramp-3": ["#dca77d", "#9d5521"],
  "ramp-4": ["#d38b62", "#b5702c"],
  "ramp-5": ["#c96e4c", "#ca8d40"],
  "ramp-6": ["#bd4f3d", "#dbab5e"],
  "ramp-7": ["#a7373b", "#eaca82"],
  "on-low": ["#1b1d23", "#f3f4f7"],
  "on-middle": ["#1b1d24", "#121318"],
  "on-high": ["#fffffe", "#121317"],
  "on-deep": ["#fffffd", "#fffffd"],
} as const satisfies Record<string, readonly [string, string]>;

/** What a colour stands for. */
export type ColorName = keyof typeof COLORS;

/** Every colour of the theme by its meaning, as light and dark hex values. */
export const PALETTE: Readonly<Record<ColorName, readonly [light: string, dark: string]>> = COLORS;

/** A colour as marks name it; {@linkcode paintLight} turns it into a value for files that stand alone. */
export function color(name: ColorName): string {
  return `var(--tw-${name})`;
}

/** The colour of a rail, the same in every chart. */
export function railColor(rail: Rail): string {
  return color(rail);
}

/** The colour of a family of components, the same in every chart. */
export function familyColor(family: ComponentFamily): string {
  return color(`family-${family}`);
}

const ON_FAMILY: Record<ComponentFamily, ColorName> = {
  projection: "on-deep",
  attention: "on-high",
  mlp: "on-middle",
  experts: "on-deep",
  norm: "on-middle",
  vocabulary: "on-middle",
  residual: "on-middle",
  runtime: "on-middle",
  other: "on-deep",
};

/** Text on the colour of a family, always at least 4.5 : 1. */
export function onFamily(family: ComponentFamily): string {
  return color(ON_FAMILY[family]);
}

/** Which of the three kinds of shade a phase has: only the work that is measured stands out. */
export function phaseShade(name: string): "prefill" | "decode" | "other" {
  return name === "prefill" || name === "decode" ? name : "other";
}

/** Text on a step of the ramp, always at least 4.5 : 1; the middle steps want dark text in both themes. */
export function onRamp(step: number): string {
  return color(step < 4 ? "on-low" : step < 6 ? "on-middle" : "on-high");
}

/** Unquoted on purpose: the same string serves CSS and attributes. */
export const FONT =
  "-apple-system, BlinkMacSystemFont, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif";

/** For text laid out by columns. */
export const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, Liberation Mono, monospace";

/** Width of a figure in px unless its caller says otherwise. */
export const DEFAULT_WIDTH = 760;

/** Pixels cannot name colours: what has them is there twice, and one of the two is shown. */
const DRAWN = ["inline", "none"] as const;

function variables(column: 0 | 1): string {
  return Object.entries(PALETTE).map(([name, pair]) => `--tw-${name}:${pair[column]}`)
    .concat(`--tw-light-only:${DRAWN[column]}`, `--tw-dark-only:${DRAWN[1 - column]}`).join(";");
}

/** The theme as CSS variables, for pages that use its colours outside of figures. */
export function themeVariables(theme: "light" | "dark"): string {
  return variables(theme === "light" ? 0 : 1);
}

const RAMP_RULES: string = Array.from(
  { length: RAMP_STEPS },
  (_, step) =>
    `.tw-q${step}{background-color:${color(`ramp-${step}` as ColorName)};color:${onRamp(step)}}`,
).join("");

/**
 * Classes of a figure. MathJax, of version 3 and 2, must leave it alone: JupyterLab lets it typeset
 * what stands between two dollar signs, and "$5 and $6" is no formula.
 */
export const FIGURE_CLASS = "tw-figure mathjax_ignore tex2jax_ignore";

/** Style of a fragment. JupyterLab and VS Code state their theme on the body; elsewhere the system's counts. */
export const FRAGMENT_STYLE: string = `.tw-figure{${variables(0)};color-scheme:light}
@media (prefers-color-scheme:dark){.tw-figure{${variables(1)};color-scheme:dark}}
[data-jp-theme-light="true"] .tw-figure,.vscode-light .tw-figure{${variables(0)};color-scheme:light}
[data-jp-theme-light="false"] .tw-figure,.vscode-dark .tw-figure{${variables(1)};color-scheme:dark}
.tw-figure{box-sizing:border-box;width:fit-content;max-width:100%;margin:0;padding:20px 20px 16px;background:var(--tw-surface);color:var(--tw-ink);font:13px/1.5 ${FONT};font-variant-numeric:tabular-nums;border-radius:8px}
.tw-figure svg{display:block;max-width:100%;height:auto;overflow:visible}
.tw-figure svg text{white-space:pre}
.tw-light-only{display:var(--tw-light-only)}.tw-dark-only{display:var(--tw-dark-only)}
.tw-figure>:not(svg){contain:inline-size}
.tw-title{margin:0;font-size:16px;font-weight:600;letter-spacing:-.01em;line-height:1.3}
.tw-subtitle{margin:2px 0 14px;color:var(--tw-muted)}
.tw-caption{margin:12px 0 0;color:var(--tw-muted);font-size:12px;max-width:800px}
.tw-text{margin:14px 0 18px;font-size:16px;line-height:2.05;white-space:pre-wrap;overflow-wrap:anywhere}
.tw-prompt{color:var(--tw-muted)}
.tw-group{padding:2px 1px 1px;margin:0 1px;border:solid var(--tw-muted);border-width:0 1px 2px;border-radius:2px}
.tw-one{border-color:transparent;border-width:0 0 2px}
.tw-absent{border-style:dashed;border-color:var(--tw-faint)}
.tw-faded{border-color:transparent;color:var(--tw-muted)}
.tw-prefill{border-color:var(--tw-mark-prefill);border-width:1px 1px 2px}
.tw-unresolved{background-image:repeating-linear-gradient(135deg,transparent 0 4px,color-mix(in srgb,currentColor 16%,transparent) 4px 5px)}
.tw-mark{font-family:${MONO};font-size:.8em}
${RAMP_RULES}`;

/** Style of an SVG file: light by its attributes, so that every program draws it, dark by value where asked for. */
export const STANDALONE_STYLE = `text{white-space:pre}.tw-dark-only{display:none}
@media (prefers-color-scheme:dark){.tw-light-only{display:none}.tw-dark-only{display:inline}${
  Object.values(PALETTE).map(([light, dark]) =>
    `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`
  ).join("")
}}`;

/** Replaces the theme's variables in attributes by their light values. */
export function paintLight(svg: string): string {
  return svg.replace(
    /="var\(--tw-([a-z0-9-]+)\)"/g,
    (whole, name: string) => name in COLORS ? `="${COLORS[name as ColorName][0]}"` : whole,
  );
}
