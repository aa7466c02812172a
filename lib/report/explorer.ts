/**
 * What the explorer's script fills: without scripts it stays hidden, and every chart is there.
 *
 * @module
 */
import type { ExplorerData } from "./explorer_data.ts";
import { escapeHtml } from "../safe_text.ts";

/** Its markup. */
export function explorerHtml({ metrics, layers, tokens, tokenCount }: ExplorerData): string {
  const choices = metrics.map(({ name, label }, at) =>
    `<label><input type="radio" name="metric" value="${name}"${at === 0 ? " checked" : ""}><span>${
      escapeHtml(label)
    }</span></label>`
  );
  const cut = tokens.length < tokenCount
    ? `<p class="hint">Of ${tokenCount} tokens, the first ${tokens.length} can be explored.</p>`
    : "";
  const list = layers.length === 0
    ? ""
    : `<div class="side"><h3 id="explore-layers-title">Layers</h3>` +
      `<div id="explore-layers" class="layers" role="listbox" tabindex="0" aria-labelledby="explore-layers-title" aria-describedby="keys"></div></div>`;
  return `<div id="explorer" class="card explorer" hidden>
<div class="controls"><fieldset><legend>Colour by</legend>${choices.join("")}</fieldset>
<div class="filter"><label for="least">At least</label>
<input type="range" id="least" min="0" max="100" value="0" step="1">
<output id="least-text" for="least"></output></div></div>
<p id="keys" class="hint">Pick a token to see its layers, a layer to see its tokens. Keys: arrows move, Enter picks, Escape clears.</p>
<div class="lists"><div class="main"><h3 id="explore-tokens-title">Tokens</h3>
<div id="explore-tokens" class="tokens" role="listbox" tabindex="0" aria-labelledby="explore-tokens-title" aria-describedby="keys"></div></div>
${list}</div>
<p id="picked" class="picked" role="status"></p>${cut}</div>`;
}
