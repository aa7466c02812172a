/**
 * What every chart returns.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { shortened } from "../safe_text.ts";
import { fragment, page, standaloneSvg } from "./frame.ts";

/** More than this nobody listens to; names of models and files can be of any length. */
const MOST_WORDS = 2000;

/** What a chart has drawn: SVG content of the figure's width, and HTML where that says it better. */
export interface Drawing {
  /** Elements, without an enclosing `svg`. */
  svg: string;
  /** In px. */
  height: number;
  /** Replaces the SVG inside HTML; already escaped. */
  html?: string;
}

/** What a figure says and how it is drawn. */
export interface FigureContent {
  /** What the figure shows. */
  title: string;
  /** Source and main numbers. */
  subtitle: string;
  /** Source, method and limits of what is shown: one sentence each. */
  caption: readonly string[];
  /** What somebody who does not see the picture must know. */
  alt: string;
  /** In px. */
  width: number;
  /** Draws it; called at most once. */
  draw(): Promise<Drawing>;
}

/** How a figure fits into a page. */
export interface HtmlOptions {
  /** Whether it brings its style along; pages with many figures hold `FIGURE_STYLE` once. Default true. */
  style?: boolean;
  /** Its title is a heading of this level; unless given, a paragraph. */
  heading?: 1 | 2 | 3 | 4 | 5 | 6;
}

/**
 * A chart that knows how to show itself: in Jupyter, as a file, inside a page. Nothing is drawn
 * before the first time that somebody asks, and then once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 *
 * const figure = new charts.Figure({
 *   title: "A dot",
 *   subtitle: "drawn by hand",
 *   caption: [],
 *   alt: "A dot",
 *   width: 400,
 *   draw: () => Promise.resolve({ svg: '<circle cx="20" cy="20" r="4"/>', height: 40 }),
 * });
 * assert((await figure.toSvg()).startsWith("<svg"));
 * ```
 */
export class Figure {
  /** The figure in words, for people and places that do not show pictures. */
  readonly alt: string;
  readonly #content: FigureContent;
  #drawing: Promise<Drawing> | undefined;

  /** Titles, caption and alt text may hold any text; they are escaped here. */
  constructor(content: FigureContent) {
    this.alt = shortened(content.alt, MOST_WORDS);
    this.#content = { ...content, alt: this.alt, draw: () => content.draw() };
  }

  #draw(): Promise<Drawing> {
    return this.#drawing ??= this.#content.draw();
  }

  /** Returns the figure as a standalone SVG file. */
  async toSvg(): Promise<string> {
    return standaloneSvg(this.#content, await this.#draw());
  }

  /** Returns the figure as a self-contained piece of HTML. */
  async toHtml(options: HtmlOptions = {}): Promise<string> {
    return fragment(this.#content, await this.#draw(), options);
  }

  /**
   * Writes the figure to a file, by its name as SVG or HTML.
   *
   * @throws {InputError} If the name ends otherwise, or the file cannot be written.
   */
  async save(path: string | URL): Promise<void> {
    const name = path.toString();
    const kind = /\.(svg|html)$/i.exec(name)?.[1]?.toLowerCase();
    if (kind === undefined) {
      throw new InputError(`Cannot save the figure as "${name}": unknown kind of file`, {
        remedy: "use a name that ends in .svg or .html",
      });
    }
    const text = kind === "svg" ? await this.toSvg() : page(this.#content, await this.toHtml());
    try {
      await Deno.writeTextFile(path, text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new InputError(`Cannot save the figure as "${name}": ${reason}`, {
        remedy: "choose a folder that exists and can be written to",
        cause,
      });
    }
  }

  /** What Jupyter shows when a cell ends with the figure; prefer `show()`, which loses no output. */
  async [Symbol.for("Jupyter.display")](): Promise<{ "text/html": string; "text/plain": string }> {
    return { "text/html": await this.toHtml(), "text/plain": this.alt };
  }
}
