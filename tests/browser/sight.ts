/** A figure as it was painted. */
export interface PaintedFigure {
  /** Cell, counted among code cells from 0. */
  cell: number;
  width: number;
  height: number;
  /** Share of pixels that are not background. */
  ink: number;
  text: string;
}

/** What was on the page. */
export interface LabSight {
  figures: PaintedFigure[];
  /** What each code cell put out, as text. */
  outputs: string[];
  /** Cells whose output is an error. */
  errors: number[];
  /** What the page did that nobody asked for. */
  dialogs: string[];
  pwned: unknown;
  /** How many formulas MathJax made of text. */
  formulas: number;
  /** From the click on stop to the end of the cell. */
  stopMs: number;
}
