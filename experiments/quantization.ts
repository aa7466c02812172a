import type { ExperimentFile } from "../mod.ts";

const model = "models/tinytales";

/** Each arm is built at its first use. */
const quantization: ExperimentFile = {
  name: "quantization",
  question: "Does a token cost less energy where weights are kept at 8 or 4 bits?",
  arms: {
    fp32: { model },
    int8: { model, precision: "int8" },
    int4: { model, precision: "int4" },
  },
  prompts: ["Once upon a time", "The old lamp in the window"],
  options: { maxNewTokens: 48 },
  metric: "joulesPerToken",
};

export default quantization;
