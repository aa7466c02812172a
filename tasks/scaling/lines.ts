import type { Polynomial, PolynomialFits, Scaling } from "../../lib/analysis/mod.ts";
import { threeDigits } from "../../lib/quantities.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { closingLines, estimateLines, estimateText, figureText, NONE } from "../answers/lines.ts";
import { tableLines } from "../frame/mod.ts";

/** Models by size, the laws through them, and mixtures beside these. */
export function scalingLines(result: Scaling): string[] {
  const { points, metricName, unit, power, byLayers, byHiddenSize, mixtures } = result;
  const models = points.map(({ model, precision, parameters, numLayers, hiddenSize, value }) => [
    visibleText(model),
    visibleText(precision),
    threeDigits(parameters / 1e6),
    `${numLayers}`,
    hiddenSize === null ? NONE : `${hiddenSize}`,
    `${value.runs}`,
    figureText(value),
  ]);
  const fits = [
    ...(power
      ? [["weights", "power law", `exponent ${estimateText(power.exponent)}`, r2(power.rSquared)]]
      : []),
    ...fitRows("layers", byLayers),
    ...fitRows("width", byHiddenSize),
  ];
  return [
    ...estimateLines([
      { title: "model" },
      { title: "precision" },
      { title: "M weights", right: true },
      { title: "layers", right: true },
      { title: "width", right: true },
      { title: "runs", right: true },
      { title: `${metricName}, ${unit}`, right: true },
    ], models),
    ...(fits.length === 0 ? [] : [
      "",
      ...tableLines([{ title: "against" }, { title: "fit" }, { title: "coefficients" }, {
        title: "R²",
        right: true,
      }], fits),
    ]),
    ...(mixtures.length === 0 ? [] : ["", ...mixtures.map(mixtureLine)]),
    "",
    ...closingLines(result),
  ];
}

function mixtureLine({ model, activeParameters, percent, basis }: Scaling["mixtures"][number]) {
  const cost = percent === null
    ? "cannot be compared with dense models"
    : `${estimateText(percent)} % more than a dense model of as many`;
  return `${visibleText(model)}: ${threeDigits(activeParameters / 1e6)} M active weights, ` +
    `${cost} (${visibleText(basis)})`;
}

function fitRows(against: string, { linear, quadratic, preferred }: PolynomialFits): string[][] {
  const row = (name: "linear" | "quadratic", fit: Polynomial | null) =>
    fit === null ? [] : [[
      against,
      preferred === name ? `${name} (preferred)` : name,
      fit.coefficients.map((one, power) => `${estimateText(one)}${["", " x", " x²"][power]}`)
        .join(" + "),
      r2(fit.rSquared),
    ]];
  return [...row("linear", linear), ...row("quadratic", quadratic)];
}

function r2(value: number): string {
  return value.toFixed(3);
}
