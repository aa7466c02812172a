import { ok, strictEqual } from "node:assert/strict";
import { onFamily, onRamp, paintLight, PALETTE, RAMP_STEPS } from "../../lib/charts/theme.ts";
import { FAMILIES } from "../../lib/charts/component_families.ts";
import type { ColorName } from "../../lib/charts/theme.ts";
import { RAILS } from "../../lib/record.ts";
import { contrast, distance, linearRgb, oklab, VISIONS } from "./color_vision.ts";

const SHADES: ColorName[] = ["phase-prefill", "phase-decode", "phase-other"];
const THEMES = [0, 1] as const;

function hex(name: ColorName, theme: 0 | 1): string {
  return PALETTE[name][theme];
}

function assertApart(a: ColorName, b: ColorName, least: number): void {
  for (const theme of THEMES) {
    for (const vision of VISIONS) {
      const apart = distance(hex(a, theme), hex(b, theme), vision);
      ok(apart >= least, `${a} and ${b}: ${apart.toFixed(1)} to ${vision}, theme ${theme}`);
    }
  }
}

Deno.test("theme: every two rails look different to colour-blind eyes", () => {
  RAILS.forEach((rail, at) => RAILS.slice(0, at).forEach((other) => assertApart(rail, other, 11)));
});

Deno.test("theme: every two families of components look different to colour-blind eyes", () => {
  FAMILIES.forEach((family, at) => {
    FAMILIES.slice(0, at).forEach((other) =>
      assertApart(`family-${family}`, `family-${other}`, 10)
    );
    assertApart(`family-${family}`, "surface", 10);
    for (const theme of THEMES) {
      for (const rail of RAILS) {
        const apart = distance(hex(`family-${family}`, theme), hex(rail, theme));
        ok(apart >= 5, `${family} and ${rail}: ${apart.toFixed(1)}, theme ${theme}`);
      }
      const text = /--tw-([a-z-]+)/.exec(onFamily(family))?.[1] as ColorName;
      const ratio = contrast(hex(text, theme), hex(`family-${family}`, theme));
      ok(ratio >= 4.5, `text on ${family}, theme ${theme}: ${ratio.toFixed(2)}`);
    }
  });
});

Deno.test("theme: rails stand out from the shades of the phases and from the page", () => {
  for (const rail of RAILS) {
    for (const ground of [...SHADES, "surface"] as ColorName[]) assertApart(rail, ground, 11);
  }
});

Deno.test("theme: the shades of prefill, decode and the rest can be told apart", () => {
  assertApart("phase-prefill", "phase-decode", 4);
  assertApart("phase-decode", "phase-other", 1.5);
  assertApart("phase-prefill", "phase-other", 4);
});

Deno.test("theme: what an answer is about and the rest look different to colour-blind eyes", () => {
  assertApart("mark-decode", "mark-other", 11);
  for (const mark of ["mark-decode", "mark-other"] as const) assertApart(mark, "surface", 11);
});

Deno.test("theme: the ramp rises evenly in lightness and for every eye", () => {
  for (const theme of THEMES) {
    const lightness = Array.from(
      { length: RAMP_STEPS },
      (_, step) => oklab(linearRgb(hex(`ramp-${step}` as ColorName, theme)))[0],
    );
    for (let step = 1; step < RAMP_STEPS; step++) {
      const rise = (lightness[step] ?? 0) - (lightness[step - 1] ?? 0);
      ok(theme === 0 ? rise < -0.04 : rise > 0.04, `step ${step} of theme ${theme}: ${rise}`);
      assertApart(`ramp-${step - 1}` as ColorName, `ramp-${step}` as ColorName, 5);
    }
  }
});

Deno.test("theme: text has a contrast of at least 4.5 : 1 on page, shades and ramp", () => {
  for (const theme of THEMES) {
    for (const text of ["ink", "muted", "warning"] as const) {
      const ratio = contrast(hex(text, theme), hex("surface", theme));
      ok(ratio >= 4.5, `${text}: ${ratio}`);
    }
    for (const shade of SHADES) ok(contrast(hex("ink", theme), hex(shade, theme)) >= 4.5, shade);
    for (let step = 0; step < RAMP_STEPS; step++) {
      const text = /--tw-([a-z-]+)/.exec(onRamp(step))?.[1] as ColorName;
      const ratio = contrast(hex(text, theme), hex(`ramp-${step}` as ColorName, theme));
      ok(ratio >= 4.5, `text on step ${step} of theme ${theme}: ${ratio}`);
    }
  }
});

Deno.test("theme: light values are unique, as the dark rules of a file find colours by value", () => {
  const values = Object.values(PALETTE).map(([light]) => light);
  strictEqual(new Set(values).size, values.length);
});

Deno.test("paintLight() replaces the theme's variables and leaves others alone", () => {
  strictEqual(paintLight('<a fill="var(--tw-cpu)"/>'), `<a fill="${hex("cpu", 0)}"/>`);
  strictEqual(paintLight('<a fill="var(--tw-no)"/>'), '<a fill="var(--tw-no)"/>');
});
