import assert from "node:assert/strict";
import { amplifyFindings } from "../../../lib/profile/amplify/findings.ts";
import type { PhaseEnergies } from "../../../lib/profile/amplify/energies.ts";
import {
  type AmplifiedLoops,
  type LoopCell,
  NO_LOOPS,
} from "../../../lib/profile/amplify/loops.ts";
import { type Finding, UNMEASURED } from "../../../lib/record.ts";

const CELL: LoopCell = {
  component: "q_proj",
  phase: "decode",
  past: 5,
  weight: 7,
  roundBytes: 1e6,
  difference: 0,
};
const BLOCK = { cell: 0, kind: "work" as const, startMs: 0, endMs: 1, rounds: 1 };
const LOOPS: AmplifiedLoops = {
  ...NO_LOOPS,
  cells: [CELL],
  blocks: [BLOCK],
  stepBytes: 5e6,
  cacheBytes: 32e6,
  isComplete: true,
};
const PHASE: PhaseEnergies = {
  phase: "decode",
  parts: [{ component: "q_proj", energy: UNMEASURED, rawMj: 1 }],
  capture: { ratio: 1.05, low: 1, high: 1.1 },
  isScaled: true,
  records: 12,
};

function found(
  loops: Partial<AmplifiedLoops>,
  phase: Partial<PhaseEnergies> = {},
  frequencyChange: number | null = 0,
): Finding[] {
  return amplifyFindings({ ...LOOPS, ...loops }, [{ ...PHASE, ...phase }], frequencyChange);
}

function only(kind: Finding["kind"], findings: readonly Finding[]): Finding | undefined {
  return findings.find((one) => one.kind === kind);
}

Deno.test("amplifyFindings() always tells the capture ratio, and nothing else where all is well", () => {
  const findings = found({});
  assert.deepEqual(findings.map(({ kind }) => kind), ["capture-ratio"]);
  const [capture] = findings;
  assert.equal(capture?.severity, "info");
  assert.match(
    capture!.message,
    /all components hold 105 % of the decode \(100 to 110 %\): scaled/,
  );
});

Deno.test("amplifyFindings() warns where all components are not the whole", () => {
  const capture = { ratio: 0.6, low: 0.5, high: 0.7 };
  const [outside] = found({}, { capture, isScaled: false });
  assert.equal(outside?.severity, "warning");
  assert.match(outside!.message, /60 % of the decode .*outside of 80 to 120 %: not scaled/);
  const [some] = found({ isComplete: false }, { capture, isScaled: false });
  assert.equal(some?.severity, "info");
  assert.match(some!.message, /loops of q_proj hold 60 %.*the rest is "other"/);
});

Deno.test("amplifyFindings() compares the working sets of loop and step with the cache", () => {
  // A step of 60 MB does not fit a cache of 32 MB; a loop of 1 MB does, one of 40 MB does not.
  const large = { ...CELL, component: "down_proj", roundBytes: 40e6 };
  const finding = only("working-set", found({ stepBytes: 60e6, cells: [CELL, large] }));
  assert.equal(finding?.severity, "warning");
  assert.match(finding!.message, /reads 60\.0 MB, .* 32\.0 MB .*: q_proj$/);
  assert.equal(only("working-set", found({ stepBytes: 60e6, cells: [large] })), undefined);
  assert.match(only("working-set", found({ cacheBytes: null }))!.message, /is not known/);
});

Deno.test("amplifyFindings() warns of another frequency, and says where it was not checked", () => {
  for (const change of [-0.05, 0, 0.05]) {
    assert.equal(only("frequency", found({}, {}, change)), undefined);
  }
  assert.match(only("frequency", found({}, {}, -0.12))!.message, /12 % below/);
  assert.match(only("frequency", found({}, {}, 0.06))!.message, /6 % above/);
  assert.equal(only("frequency", found({}, {}, null))?.severity, "info");
  assert.equal(only("frequency", found({ blocks: [] }, {}, null)), undefined);
});

Deno.test("amplifyFindings() names what is fused, differs, was refused or is seen by few records", () => {
  const fused = [{ component: "input_layernorm", operators: ["SkipLayerNormalization"] }];
  assert.match(
    only("fused", found({ fused }))!.message,
    /input_layernorm \(SkipLayerNormalization\)/,
  );
  for (const difference of [1e-3, Infinity, NaN]) {
    const cells = [{ ...CELL, difference }];
    assert.match(only("cut-differs", found({ cells }))!.message, /: q_proj$/);
  }
  const refused = [{ component: "partition", reason: "the provider runs many as one" }];
  assert.match(
    only("not-amplified", found({ refused }))!.message,
    /partition was not amplified: the provider/,
  );
  assert.match(only("too-short", found({}, { records: 9 }))!.message, /only 9 whole power records/);
});
