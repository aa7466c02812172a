/** What a report looked like, and what it did, in one theme. */
export interface ReportSight {
  theme: "light" | "dark";
  /** From asking for the page until its explorer is there, in ms. */
  interactiveMs: number;
  /** Errors and warnings of the console, violations of the policy among them. */
  complaints: string[];
  /** Addresses that the page asked for beside its own. */
  requests: string[];
  /** What axe-core found: rule, and the first place. */
  violations: string[];
  /** By width of the window: how far the page goes beyond it, in px. */
  overflow: Record<string, number>;
  /** What hostile text did. */
  pwned: unknown;
  headings: string[];
  /** Characters of the page's text. */
  text: string;
}

/** What keys did to the explorer. */
export interface PickedSight {
  /** After the right arrow, twice, and Enter in the tokens. */
  token: { said: string; title: string; values: string[] };
  /** After the down arrow and Enter in the layers. */
  layer: { said: string; title: string; colours: string[] };
  /** After the right arrow among the metrics. */
  metric: { checked: string; shown: string[] };
  /** After End on the threshold. */
  threshold: { before: string; after: string };
  /** After Escape in both lists. */
  cleared: string;
  /** After a click in the middle of a heat map. */
  clicked: string;
  /** What the tooltip says over a cell of the heat map. */
  tip: string;
  /** Marks with a title that were hovered, and over how many of them nothing was said. */
  marks: { hovered: number; silent: number };
}

/** All that was seen of one file. */
export interface SeenReport {
  themes: ReportSight[];
  picked: PickedSight | null;
  /** Headings in the outline of the page as PDF. */
  printed: string[];
  /** Titles of sections that print media leaves out, and data that stays folded. */
  unprinted: string[];
}
