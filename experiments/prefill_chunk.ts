import type { ExperimentFile } from "../mod.ts";
import { taleOf } from "./tale.ts";

const model = "models/tinytales";

const prefillChunk: ExperimentFile = {
  name: "prefill chunk",
  question: "What does it cost to read a prompt in small pieces rather than whole?",
  arms: {
    whole: { model, prefillChunk: 512 },
    "by 64": { model, prefillChunk: 64 },
    "by 8": { model, prefillChunk: 8 },
  },
  prompts: [taleOf(400), taleOf(400, 150)],
  // The answer is not what is asked about.
  options: { maxNewTokens: 2 },
  metric: "joulesPerPromptToken",
  expect: { "by 8": { moreThan: "whole", by: 0.1 } },
};

export default prefillChunk;
