// @ts-check
/**
 * Makes the cells of the heat maps known: under the mouse, by a click, and which are picked.
 *
 * @typedef {import("../explorer_data.ts").ExplorerData} Data
 * @typedef {import("../explorer_data.ts").ExplorerView} View
 */
const explorer = document.getElementById("explorer");
const source = document.getElementById("data");
if (explorer !== null && source !== null) follow(explorer, JSON.parse(source.textContent ?? ""));

/** @param {number} value */
function digits(value) {
  const rounded = Number(value.toPrecision(3));
  return String(rounded).replace("-", "−");
}

/**
 * @param {number | null | undefined} value
 * @returns {value is number}
 */
function isNumber(value) {
  return value !== null && value !== undefined;
}

/**
 * @param {HTMLElement} explorer
 * @param {Data} data
 */
function follow(explorer, data) {
  for (const panel of document.querySelectorAll("[data-metric]")) {
    const cells = /** @type {SVGRectElement | null} */ (panel.querySelector(".tw-cells"));
    if (cells !== null) attach(panel, cells);
  }

  /**
   * @param {Element} panel
   * @param {SVGRectElement} cells
   */
  function attach(panel, cells) {
    const picture = cells.ownerSVGElement;
    const [rows, columns] = [Number(cells.dataset.rows), Number(cells.dataset.columns)];
    // Sums leave out the prefill, which stands for the whole prompt.
    const name = panel.getAttribute("data-metric");
    const metric = data.metrics.find((one) => one.name === name);
    const first = metric?.isSum && columns < data.tokenCount ? 1 : 0;

    /** @param {MouseEvent} event */
    function placeOf(event) {
      const box = cells.getBoundingClientRect();
      const token = first + Math.floor((event.clientX - box.left) / box.width * columns);
      const layer = Math.floor((event.clientY - box.top) / box.height * rows);
      const isInside = token >= first && token < data.tokens.length && token < first + columns &&
        layer >= 0 && layer < rows;
      return isInside ? { token, layer } : null;
    }

    /** A click has whole pixels, and cells may be narrower: what was under the pointer counts.
     * @type {{ token: number, layer: number } | null} */
    let aimed = null;
    picture?.addEventListener("pointerdown", (event) => aimed = placeOf(event));
    picture?.addEventListener("pointermove", (event) => {
      const place = placeOf(event);
      picture.classList.toggle("aims", place !== null);
      if (place === null) return;
      const [value, low, high] = [metric?.cells, metric?.low, metric?.high].map((cells) =>
        cells?.[place.layer]?.[place.token] ?? null
      );
      const ends = isNumber(low) && isNumber(high) ? ` (${digits(low)} to ${digits(high)})` : "";
      const number = isNumber(value) ? `${digits(value)} ${metric?.unit}${ends}` : "not known";
      const tip = `Layer ${data.layers[place.layer]}, token ${place.token} ` +
        `“${data.tokens[place.token]?.text}”\n${number}`;
      document.dispatchEvent(new CustomEvent("tip", { detail: tip }));
    });
    picture?.addEventListener("click", () => {
      if (aimed !== null) explorer.dispatchEvent(new CustomEvent("pick", { detail: aimed }));
    });
    explorer.addEventListener("view", (event) => {
      const { token, layer } = /** @type {CustomEvent<View>} */ (event).detail;
      for (const old of picture?.querySelectorAll(".cross") ?? []) old.remove();
      const [x, y, width, height] = ["x", "y", "width", "height"].map((side) =>
        Number(cells.getAttribute(side))
      );
      if (x === undefined || y === undefined || !width || !height) return;
      if (layer !== null) cross(x, y + layer * height / rows, width, height / rows);
      if (token !== null && token >= first) {
        cross(x + (token - first) * width / columns, y, Math.max(1, width / columns), height);
      }
    });

    /**
     * @param {number} x
     * @param {number} y
     * @param {number} width
     * @param {number} height
     */
    function cross(x, y, width, height) {
      const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x, y, width, height })) {
        mark.setAttribute(name, String(value));
      }
      mark.setAttribute("class", "cross");
      picture?.append(mark);
    }
  }
}
