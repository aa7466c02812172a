import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";
import * as Plot from "@observablehq/plot";
import { encodePng, PixelCanvas } from "../../lib/charts/canvas.ts";
import { createDocument } from "../../lib/charts/document.ts";

Deno.test("encodePng() writes the signature, the size and every pixel", () => {
  const rgba = new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 128]);
  const png = Buffer.from(encodePng(2, 1, rgba));
  strictEqual(png.subarray(1, 4).toString("latin1"), "PNG");
  deepStrictEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [2, 1]);
  const length = png.readUInt32BE(33);
  deepStrictEqual([...inflateSync(png.subarray(41, 41 + length))], [0, ...rgba]);
});

Deno.test("PixelCanvas fills rectangles in hex and rgb() colours", () => {
  const canvas = new PixelCanvas();
  [canvas.width, canvas.height] = [2, 1];
  const blank = canvas.toDataURL();
  canvas.fillStyle = "rgb(1, 2, 3)";
  canvas.fillRect(0, 0, 5, 5);
  const filled = canvas.toDataURL();
  ok(filled !== blank);
  canvas.fillStyle = "#010203";
  canvas.fillRect(0, 0, 2, 1);
  strictEqual(canvas.toDataURL(), filled);
});

Deno.test("createDocument() lets Plot draw a raster and a continuous legend", () => {
  const document = createDocument();
  const raster = Plot.plot({
    document,
    marks: [Plot.raster([1, 2, 3, 4], { width: 2, height: 2 })],
  });
  ok(raster.outerHTML.includes("data:image/png;base64,"));
  const chart = Plot.plot({ document, color: { domain: [0, 1], legend: true }, marks: [] });
  ok(chart.outerHTML.includes("data:image/png;base64,"));
});
