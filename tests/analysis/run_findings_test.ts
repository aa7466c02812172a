import assert from "node:assert/strict";
import { runFindings } from "../../lib/analysis/mod.ts";
import type { Finding, FindingKind } from "../../lib/record.ts";
import { madeRun } from "./made_runs.ts";

Deno.test("runFindings() says in how many runs something was found, and how bad it was", () => {
  const finding = (
    kind: FindingKind,
    value: number,
    severity: Finding["severity"] = "warning",
  ) => ({
    kind,
    severity,
    value,
    unit: "%",
    message: `${kind} ${value}`,
    remedy: "",
  });
  const runs = [
    madeRun({ findings: [finding("foreign-load", 8), finding("not-steady", -3)] }),
    madeRun({ findings: [finding("foreign-load", 40), finding("estimated", 50)] }),
    madeRun({ findings: [finding("gap", 1, "info")] }),
  ];
  assert.deepEqual(runFindings(runs).map(({ message }) => message), [
    "2 of 3 runs, at worst: foreign-load 40",
    "1 of 3 runs, at worst: not-steady -3",
  ]);
});
