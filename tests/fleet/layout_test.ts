import assert from "node:assert/strict";
import { fleetPath, placeOf } from "../../lib/fleet/layout.ts";

Deno.test("fleetPath() keeps every name in one folder, and placeOf() gives it back", () => {
  for (
    const host of ["mini", "a b", "../../etc", "x/y", "*?[a]", "ü—漢", "100%", "..", "a=b", "'"]
  ) {
    const place = { host, date: "2026-11-23", runId: "20261123-053000-0560f8" };
    const path = fleetPath(place);
    assert.equal(path.split("/").length, 3, path);
    assert.doesNotMatch(path, /[*?'[\]\\]|(^|\/)\.\.?(\/|$)/);
    assert.deepEqual(placeOf(path), place);
  }
});

Deno.test("placeOf() knows no other paths", () => {
  for (
    const path of [
      "host=a/date=2026-11-23",
      "host=a/date=today/run=1",
      "date=2026-11-23/host=a/run=1",
      "host=%zz/date=2026-11-23/run=1",
      "host=/date=2026-11-23/run=1",
    ]
  ) assert.equal(placeOf(path), null, path);
});
