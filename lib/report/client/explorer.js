// @ts-check
/**
 * Tokens and layers to pick from: a picked token shows its layers, a picked layer its tokens.
 * Runs in the page of a report; what it reads is described in explorer_data.ts.
 *
 * @typedef {import("../explorer_data.ts").ExplorerData} Data
 * @typedef {import("../explorer_data.ts").ExplorerView} View
 */
const root = document.getElementById("explorer");
const source = document.getElementById("data");
if (root !== null && source !== null) explore(root, JSON.parse(source.textContent ?? ""));

/**
 * @param {HTMLElement} root
 * @param {Data} data
 */
function explore(root, data) {
  const steps = 8;
  /** @type {{ token: number | null, layer: number | null, metric: number }} */
  const picked = { token: null, layer: null, metric: 0 };
  const tokenList = listOf("tokens", data.tokens.length, "token");
  const layerList = listOf("layers", data.layers.length, "layer");
  const least = /** @type {HTMLInputElement} */ (document.getElementById("least"));
  data.tokens.forEach(({ text, isPrefill }, at) => {
    const option = tokenList.options[at];
    if (option === undefined) return;
    option.textContent = text;
    option.classList.toggle("tw-prefill", isPrefill);
  });
  data.layers.forEach((layer, at) => {
    const option = layerList.options[at];
    if (option === undefined) return;
    for (const part of ["name", "bar", "value"]) {
      option.append(Object.assign(document.createElement("span"), { className: part }));
    }
    at_(option, 0).textContent = String(layer);
    for (const part of ["fill", "whisker"]) {
      at_(option, 1).append(Object.assign(document.createElement("i"), { className: part }));
    }
  });

  /** @param {Element} parent @param {number} at */
  function at_(parent, at) {
    return /** @type {HTMLElement} */ (parent.children[at]);
  }

  function metric() {
    const found = data.metrics[picked.metric];
    if (found === undefined) throw new Error("There is no such metric");
    return found;
  }

  /** @param {number} value */
  function number(value) {
    const digits = Math.abs(value) >= 100
      ? { maximumFractionDigits: 0 }
      : { maximumSignificantDigits: 3 };
    return new Intl.NumberFormat("en-US", digits).format(value).replace("-", "−");
  }

  /** @param {number | null | undefined} value */
  function text(value) {
    return value === null || value === undefined
      ? "not known"
      : metric().name === "sparsity"
      ? `${number(value * 100)} %`
      : `${number(value)} ${metric().unit}`;
  }

  /** The values of the tokens: of the picked layer in them, or of them whole. */
  function tokenValues() {
    const { tokens, cells } = metric();
    return picked.layer === null ? tokens : cells?.[picked.layer] ?? tokens.map(() => null);
  }

  /** Those that the colours are made for: the prefill of a sum stands for the whole prompt. */
  function onRamp() {
    return tokenValues().map((value, at) =>
      metric().isSum && data.tokens[at]?.isPrefill && data.tokens.length > 1 ? null : value
    );
  }

  /** @param {(number | null)[]} values */
  function meanAfterPrefill(values) {
    const known = values.filter((value, at) =>
      value !== null && (values.length === 1 || !data.tokens[at]?.isPrefill)
    );
    return known.length === 0
      ? null
      : known.reduce((/** @type {number} */ sum, value) => sum + (value ?? 0), 0) / known.length;
  }

  /** @param {number} at */
  function layerMean(at) {
    const known = metric().name === "energy" ? data.layerEnergies[at] : null;
    return known ? known.mj : meanAfterPrefill(metric().cells?.[at] ?? []);
  }

  /** @param {number} at */
  function layerEnds(at) {
    const known = metric().name === "energy" ? data.layerEnergies[at] : null;
    return known ? [known.low, known.high] : null;
  }

  function drawTokens() {
    const values = onRamp();
    const all = tokenValues();
    const known = values.filter((value) => value !== null).sort((a, b) => a - b);
    const low = known[0] ?? 0;
    const high = known.at(-1) ?? 0;
    // One outlier must not take the colours of all others.
    const cut = known.length > 200 ? Math.floor(known.length / 100) : 0;
    const [from, to] = [known[cut] ?? 0, known.at(-1 - cut) ?? 0];
    const limit = low + Number(least.value) / 100 * (high - low);
    const isAll = least.value === "0";
    let [count, sum, total] = [0, 0, 0];
    tokenList.options.forEach((option, at) => {
      const value = values[at] ?? null;
      const isShown = value !== null && (isAll || value >= limit);
      const step = value === null || !isShown
        ? null
        : Math.max(0, Math.min(steps - 1, Math.floor((value - from) / (to - from || 1) * steps)));
      const isSure = picked.layer === null && data.tokens[at]?.resolved;
      const colour = step === null ? "" : ` tw-q${step}`;
      const hatch = metric().name === "energy" && value !== null && isShown && !isSure;
      const role = data.tokens[at]?.isPrefill ? " tw-prefill" : "";
      option.className = `token${colour}${role}${hatch ? " tw-unresolved" : ""}${
        !isShown && !role ? " faded" : ""
      }`;
      option.title = `Token ${at}: ${text(all[at])}`;
      if (value !== null) total += value;
      if (isShown && value !== null) [count, sum] = [count + 1, sum + value];
    });
    const share = metric().isSum && total > 0 ? `, ${number(100 * sum / total)} % of the sum` : "";
    const output = document.getElementById("least-text");
    if (output !== null) {
      output.textContent = known.length === 0
        ? "nothing is known"
        : `${text(limit)}: ${count} of ${known.length} tokens${share}`;
    }
    least.setAttribute("aria-valuetext", `at least ${text(limit)}`);
  }

  function drawLayers() {
    const { cells, low, high } = metric();
    const { token } = picked;
    const values = data.layers.map((_, at) =>
      token === null ? layerMean(at) : cells?.[at]?.[token] ?? null
    );
    const ends = data.layers.map((_, at) =>
      token === null ? layerEnds(at) : [low?.[at]?.[token] ?? null, high?.[at]?.[token] ?? null]
    );
    const most = Math.max(1e-300, ...values.map((v) => v ?? 0), ...ends.map((e) => e?.[1] ?? 0));
    const percent = (/** @type {number} */ value) => `${Math.max(0, 100 * value / most)}%`;
    layerList.options.forEach((option, at) => {
      const value = values[at] ?? null;
      const [from, to] = [ends[at]?.[0] ?? null, ends[at]?.[1] ?? null];
      const bar = at_(option, 1);
      const [fill, whisker] = [at_(bar, 0), at_(bar, 1)];
      const isSure = token === null && data.layerEnergies[at]?.resolved;
      fill.classList.toggle("unsure", metric().name === "energy" && !isSure);
      fill.style.width = value === null ? "0" : percent(value);
      whisker.hidden = from === null || to === null;
      if (from !== null && to !== null) {
        whisker.style.left = percent(from);
        whisker.style.width = percent(Math.max(0, to - from));
      }
      at_(option, 2).textContent = text(value);
      const range = from === null || to === null ? "" : ` (${number(from)} to ${number(to)})`;
      option.title = `Layer ${data.layers[at]}: ${text(value)}${range}`;
    });
    const title = document.getElementById("explore-layers-title");
    if (title !== null) {
      title.textContent = token === null
        ? "Layers, mean of decoded tokens"
        : `Layers of token ${token}`;
    }
    const tokensTitle = document.getElementById("explore-tokens-title");
    if (tokensTitle !== null) {
      tokensTitle.textContent = picked.layer === null
        ? "Tokens"
        : `Tokens, layer ${data.layers[picked.layer]} in them`;
    }
  }

  function words() {
    const { token, layer } = picked;
    const own = token === null ? null : data.tokens[token];
    const name = layer === null ? "" : `Layer ${data.layers[layer]}`;
    if (own && layer !== null) {
      const { cells, low, high, name: kind } = metric();
      const [from, to] = [low?.[layer]?.[token ?? 0] ?? null, high?.[layer]?.[token ?? 0] ?? null];
      const ends = from === null || to === null ? "" : ` (${number(from)} to ${number(to)})`;
      return `${name} in token ${token} “${own.text}”: ${
        text(cells?.[layer]?.[token ?? 0])
      }${ends}` +
        (kind === "energy" ? `, ${data.cellNote}.` : ".");
    }
    if (own) return `Token ${token} “${own.text}”: ${own.words}.`;
    if (layer === null) return "Nothing is picked.";
    const [from, to] = layerEnds(layer) ?? [];
    const ends = from === undefined ? "" : ` (${number(from)} to ${number(to ?? from)})`;
    const sure = metric().name === "energy" && !data.layerEnergies[layer]?.resolved;
    return `${name}: ${text(layerMean(layer))}${ends} per decoded token${
      sure ? ", not resolved" : ""
    }.`;
  }

  function draw() {
    drawTokens();
    drawLayers();
    tokenList.mark(picked.token);
    layerList.mark(picked.layer);
    const status = document.getElementById("picked");
    if (status !== null) status.textContent = words();
    for (const panel of document.querySelectorAll("[data-metric]")) {
      panel.toggleAttribute("hidden", panel.getAttribute("data-metric") !== metric().name);
    }
    /** @type {View} */
    const detail = { metric: metric().name, token: picked.token, layer: picked.layer };
    root.dispatchEvent(new CustomEvent("view", { detail }));
  }

  /**
   * A list of options that keys and clicks pick from.
   *
   * @param {"tokens" | "layers"} id
   * @param {number} count
   * @param {"token" | "layer"} what
   */
  function listOf(id, count, what) {
    const box = document.getElementById(`explore-${id}`);
    const options = Array.from({ length: box === null ? 0 : count }, (_, at) => {
      const option = document.createElement("div");
      option.id = `${what}-${at}`;
      option.className = what;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    });
    box?.append(...options);
    let active = 0;
    /** @param {number} at */
    function move(at) {
      active = Math.max(0, Math.min(options.length - 1, at));
      for (const old of box?.querySelectorAll(".active") ?? []) old.classList.remove("active");
      options[active]?.classList.add("active");
      options[active]?.scrollIntoView({ block: "nearest" });
      box?.setAttribute("aria-activedescendant", `${what}-${active}`);
    }
    /** @param {number | null} at */
    function pick(at) {
      picked[what] = at === picked[what] ? null : at;
      draw();
    }
    box?.addEventListener("focus", () => move(picked[what] ?? active));
    box?.addEventListener("blur", () => options[active]?.classList.remove("active"));
    box?.addEventListener("click", (event) => {
      const option = /** @type {Element} */ (event.target).closest("[role=option]");
      if (option === null) return;
      move(Number(option.id.slice(what.length + 1)));
      pick(active);
    });
    box?.addEventListener("keydown", (event) => {
      const to = {
        ArrowRight: active + 1,
        ArrowDown: active + 1,
        ArrowLeft: active - 1,
        ArrowUp: active - 1,
        Home: 0,
        End: options.length - 1,
      }[event.key];
      if (to !== undefined) move(to);
      else if (event.key === "Enter" || event.key === " ") pick(active);
      else if (event.key === "Escape") pick(picked[what]);
      else return;
      event.preventDefault();
    });
    /** @param {number | null} chosen */
    function mark(chosen) {
      options.forEach((option, at) =>
        option.setAttribute("aria-selected", at === chosen ? "true" : "false")
      );
    }
    return { options, mark };
  }

  for (const radio of document.querySelectorAll("input[name=metric]")) {
    radio.addEventListener("change", () => {
      const { value } = /** @type {HTMLInputElement} */ (radio);
      picked.metric = data.metrics.findIndex(({ name }) => name === value);
      draw();
    });
  }
  least.addEventListener("input", drawTokens);
  root.addEventListener("pick", (event) => {
    const { token, layer } = /** @type {CustomEvent<View>} */ (event).detail;
    [picked.token, picked.layer] = [token, layer];
    draw();
  });
  root.hidden = false;
  draw();
}
