/**
 * The document around a report: policy, style, scripts, data.
 *
 * @module
 */
import { FIGURE_STYLE, themeVariables } from "../charts/mod.ts";
import { escapeHtml } from "../safe_text.ts";
import { embeddedJson, policy } from "./policy.ts";
import pageStyle from "./style.css" with { type: "text" };
import explorer from "./client/explorer.js" with { type: "text" };
import heatMap from "./client/heat_map.js" with { type: "text" };
import paper from "./client/paper.js" with { type: "text" };
import tooltip from "./client/tooltip.js" with { type: "text" };

/** A part of the page that the list of contents names. */
export interface PageSection {
  /** Its anchor. */
  id: string;
  title: string;
  /** Escaped; begins with its own heading. */
  html: string;
}

/** What a page consists of. */
export interface PageContent {
  title: string;
  /** Escaped; holds the `h1`. */
  header: string;
  sections: readonly PageSection[];
  /** What the scripts read; nothing where there is nothing to explore. */
  data: object | null;
}

/** Light on paper, whatever the screen is. */
const THEMES = `:root{${themeVariables("light")};color-scheme:light}
@media (prefers-color-scheme:dark){:root{${themeVariables("dark")};color-scheme:dark}}
${FIGURE_STYLE}
@media print{:root,.tw-figure{${themeVariables("light")};color-scheme:light}}
`;

/** The map listens before the explorer speaks. */
const SCRIPTS = [paper, tooltip, heatMap, explorer];

/** The page. */
export async function page({ title, header, sections, data }: PageContent): Promise<string> {
  const style = THEMES + pageStyle;
  const csp = await policy([style], SCRIPTS);
  const links = sections.map(({ id, title }) =>
    `<li><a href="#${escapeHtml(id)}">${escapeHtml(title)}</a></li>`
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Tokenwatt">
<title>${escapeHtml(title)}</title>
<style>${style}</style></head>
<body><a class="skip" href="#main">Skip to the report</a>
<header class="top">${header}</header>
<div class="columns"><nav aria-label="Contents"><ul>${links.join("")}</ul></nav>
<main id="main" tabindex="-1">${sections.map(({ html }) => html).join("\n")}</main></div>
<footer><p>Made by Tokenwatt. This file needs no network and sends nothing.</p></footer>
${data === null ? "" : `<script type="application/json" id="data">${embeddedJson(data)}</script>`}
${SCRIPTS.map((script) => `<script type="module">${script}</script>`).join("\n")}
</body></html>
`;
}
