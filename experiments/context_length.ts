import type { ExperimentFile } from "../mod.ts";
import { taleOf } from "./tale.ts";

const model = "models/tinytales";
/** Two places in the tale for each length: what pairs the arms is where their prompts begin. */
const prompts = (length: number) => [taleOf(length), taleOf(length, 100)];

const contextLength: ExperimentFile = {
  name: "context length",
  question: "How much more does a token cost where the model looks back further?",
  arms: {
    "16 tokens": { model, prompts: prompts(16) },
    "128 tokens": { model, prompts: prompts(128) },
    "440 tokens": { model, prompts: prompts(440) },
  },
  options: { maxNewTokens: 48 },
  metric: "joulesPerToken",
  expect: { "440 tokens": { moreThan: "16 tokens" } },
};

export default contextLength;
