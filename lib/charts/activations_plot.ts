/**
 * The picture of activations: a small panel for each component.
 *
 * @module
 */
import { titleTag } from "./tooltip.ts";
import type { Profile, ProfilePoint } from "./activation_profiles.ts";
import { familyOf } from "./component_families.ts";
import { scaleLinear } from "./d3.ts";
import type { Drawing } from "./figure.ts";
import { textWidth } from "./labels.ts";
import { boxItem, legendRows } from "./legend.ts";
import { px, svgText } from "./svg_text.ts";
import { color, familyColor } from "./theme.ts";
import { shortened, visibleText } from "../safe_text.ts";

const PANEL = { least: 165, height: 92, gap: 26, top: 26, bottom: 30, left: 42 };

/** Draws panels side by side, `width` px wide. */
export function drawProfiles(
  profiles: readonly Profile[],
  view: { width: number; format(value: number): string },
): Drawing {
  const { width } = view;
  const phases = (["prefill", "decode"] as const).filter((phase) =>
    profiles.some((profile) => profile[phase].length > 0)
  );
  const legend = legendRows(phases.map((name) => boxItem(name, color(`mark-${name}`))), width);
  const columns = Math.max(
    1,
    Math.min(profiles.length, Math.floor((width + PANEL.gap) / (PANEL.least + PANEL.gap))),
  );
  const panelWidth = (width - (columns - 1) * PANEL.gap) / columns;
  const panelHeight = PANEL.top + PANEL.height + PANEL.bottom;
  const panels = profiles.map((profile, at) => {
    const x = (at % columns) * (panelWidth + PANEL.gap);
    const y = legend.height + 12 + Math.floor(at / columns) * panelHeight;
    return `<g transform="translate(${px(x)},${y})">${panel(profile, panelWidth, view.format)}</g>`;
  });
  const rows = Math.ceil(profiles.length / columns);
  return {
    svg: legend.svg + panels.join(""),
    height: legend.height + 12 + rows * panelHeight,
  };
}

function panel(profile: Profile, width: number, format: (value: number) => string): string {
  const points = [...profile.prefill, ...profile.decode];
  const layers = points.map(({ layer }) => layer);
  const [first, last] = [Math.min(...layers), Math.max(...layers)];
  const most = Math.max(...points.flatMap(({ value, high }) => [value, high ?? value]));
  const bottom = PANEL.top + PANEL.height;
  const right = width - 6;
  const x = scaleLinear(first === last ? [first - 1, last + 1] : [first, last], [
    PANEL.left,
    right,
  ]);
  const y = scaleLinear([0, most > 0 ? most : 1], [bottom, PANEL.top]);
  const name = visibleText(shortened(profile.component, 24));
  const ticks = [0, most].map((value) =>
    `<path d="M${PANEL.left},${px(y(value))}H${px(right)}" fill="none" stroke="${
      color(value === 0 ? "faint" : "grid")
    }"/>` +
    svgText(PANEL.left - 6, y(value) + 4, value === 0 ? "0" : format(value), { anchor: "end" })
  );
  const lastText = `layer ${last}`;
  const axis = (first === last ? [] : [svgText(PANEL.left, bottom + 16, `${first}`)])
    .concat(svgText(right, bottom + 16, lastText, { anchor: "end" }));
  const isRoomy = right - PANEL.left > textWidth(lastText, 11) + 30;
  const decode = profile.decode.filter(({ low, high }) => low !== null && high !== null);
  const band = decode.length < 2
    ? decode.map((point) =>
      `<path d="M${px(x(point.layer))},${px(y(point.low ?? 0))}V${
        px(y(point.high ?? 0))
      }" fill="none" stroke="${color("mark-decode")}" stroke-width="2" stroke-opacity="0.4"/>`
    ).join("")
    : `<path d="M${
      [
        ...decode.map((point) => `${px(x(point.layer))},${px(y(point.high ?? 0))}`),
        ...decode.toReversed().map((point) => `${px(x(point.layer))},${px(y(point.low ?? 0))}`),
      ].join("L")
    }Z" fill="${color("mark-decode")}" fill-opacity="0.22"/>`;
  const line = (own: readonly ProfilePoint[], phase: "prefill" | "decode") =>
    own.length < 2
      ? ""
      : `<path d="M${
        own.map(({ layer, value }) => `${px(x(layer))},${px(y(value))}`).join("L")
      }" fill="none" stroke="${color(`mark-${phase}`)}" stroke-width="1.75"/>`;
  const spacing = (right - PANEL.left) / Math.max(1, last - first);
  const dots = (own: readonly ProfilePoint[], phase: "prefill" | "decode") =>
    own.map((point) =>
      `<circle cx="${px(x(point.layer))}" cy="${px(y(point.value))}" r="${
        own.length < 2 ? 3.5 : spacing > 7 ? 2.25 : 1
      }" fill="${color(`mark-${phase}`)}">${
        titleTag(tooltip(profile.component, phase, point, format))
      }</circle>`
    ).join("");
  return `<rect x="0" y="3" width="10" height="10" rx="2" fill="${
    familyColor(familyOf(profile.component))
  }"/>` + svgText(16, 12, name, { fill: "ink", weight: 600, size: 12 }) + ticks.join("") +
    (isRoomy ? axis.join("") : axis.at(-1) ?? "") + band +
    line(profile.prefill, "prefill") + line(profile.decode, "decode") +
    dots(profile.prefill, "prefill") + dots(profile.decode, "decode");
}

function tooltip(
  component: string,
  phase: string,
  { layer, value, low, high }: ProfilePoint,
  format: (value: number) => string,
): string {
  const spread = low === null || high === null
    ? ""
    : `, tokens from ${format(low)} to ${format(high)}`;
  return `${component}, layer ${layer}, ${phase}: ${format(value)}${spread}`;
}
