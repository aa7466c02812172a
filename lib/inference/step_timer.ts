import type { Phase, Section } from "../record.ts";

/** Tells sections of work as they end; a pass is two of them. */
export function stepTimer(onSection: ((section: Section) => void) | undefined) {
  const tell = (phase: Phase, name: string, startMs: number, endMs: number) =>
    onSection?.({ phase, name, startMs, endMs });
  const tellPass = (phase: Phase, startMs: number, fedMs: number, endMs: number) => {
    tell(phase, "tensors", startMs, fedMs);
    tell(phase, "forward", fedMs, endMs);
  };
  return { tell, tellPass };
}
