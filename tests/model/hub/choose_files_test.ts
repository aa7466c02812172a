import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import {
  chooseWeights,
  describingFiles,
  type Wanted,
} from "../../../lib/model/hub/choose_files.ts";
import { HubFailure } from "../../../lib/model/hub/mod.ts";
import type { Repository } from "../../../lib/model/hub/repository.ts";
import { COMMIT } from "./fake_hub.ts";

function repository(...paths: string[]): Repository {
  const files = paths.map((path, index) => ({
    path,
    bytes: 1_000_000 * (index + 1),
    hash: `${index}`,
    hashKind: "sha256" as const,
  }));
  return { id: "org/m", revision: "main", commit: COMMIT, files };
}

/** What is chosen, and what lies beside it. */
function choose(paths: string[], wanted: Wanted = {}, named: string | null = null): string[] {
  const { main, beside } = chooseWeights(repository(...paths), wanted, named);
  return [main.path, ...beside.map(({ path }) => path)];
}

// As onnx-community lays its models down.
const COMMUNITY = [
  "config.json",
  "onnx/model.onnx",
  "onnx/model.onnx_data",
  "onnx/model.onnx_data_1",
  "onnx/model_bnb4.onnx",
  "onnx/model_fp16.onnx",
  "onnx/model_fp16.onnx_data",
  "onnx/model_int8.onnx",
  "onnx/model_q4.onnx",
  "onnx/model_q4f16.onnx",
];

Deno.test("chooseWeights() takes the plain graph, or the one of the precision that was asked for", () => {
  const data = ["onnx/model.onnx_data", "onnx/model.onnx_data_1"];
  assert.deepEqual(choose(COMMUNITY), ["onnx/model.onnx", ...data]);
  const half = ["onnx/model_fp16.onnx", "onnx/model_fp16.onnx_data"];
  for (
    const [precision, chosen] of [
      ["fp32", ["onnx/model.onnx", ...data]],
      ["fp16", half],
      ["int8", ["onnx/model_int8.onnx"]],
      ["int4", ["onnx/model_q4.onnx"]],
      ["q4f16", ["onnx/model_q4f16.onnx"]],
    ] as const
  ) {
    assert.deepEqual(choose(COMMUNITY, { precision }), chosen, precision);
  }
});

Deno.test("chooseWeights() takes the graph that the model's configuration names", () => {
  const paths = ["genai_config.json", "phi-cpu.onnx", "phi-gpu.onnx", "phi-cpu.onnx.data"];
  assert.deepEqual(choose(paths, {}, "phi-cpu.onnx"), ["phi-cpu.onnx", "phi-cpu.onnx.data"]);
});

// As Microsoft lays its models down.
const PHI = [
  "README.md",
  "cpu_and_mobile/cpu-int4-rtn-block-32/genai_config.json",
  "cpu_and_mobile/cpu-int4-rtn-block-32/phi3-int4.onnx",
  "cpu_and_mobile/cpu-int4-rtn-block-32/phi3-int4.onnx.data",
  "cuda/cuda-fp16/phi3-fp16.onnx",
];

Deno.test("chooseWeights() takes one of several folders by --file, and lists them without", () => {
  const folder = "cpu_and_mobile/cpu-int4-rtn-block-32";
  const chosen = [`${folder}/phi3-int4.onnx`, `${folder}/phi3-int4.onnx.data`];
  const globs = [`${folder}/*`, "cpu_*/**/*.onnx", "**/phi3-int?.onnx", "*int4.onnx"];
  for (const pattern of [...globs, chosen[0]!]) {
    assert.deepEqual(choose(PHI, { pattern }), chosen, pattern);
  }
  assert.deepEqual(choose(PHI, { pattern: "cpu*/*/*", precision: "int4" }), chosen);
  assert.throws(() => choose(PHI), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /several folders: cpu_and_mobile.*int4.onnx \(3.0 MB\), cuda/);
    assert.match(error.remedy, /--file "cpu_and_mobile\/cpu-int4-rtn-block-32\/\*"/);
    return true;
  });
  assert.throws(() => choose(PHI, { pattern: "rocm/*" }), /match "rocm\/\*"; its .onnx files are/);
});

Deno.test("chooseWeights() lists the variants with their sizes where it cannot choose", () => {
  const paths = ["onnx/a.onnx", "onnx/b.onnx"];
  assert.throws(
    () => choose(paths),
    /among the .onnx files of "org\/m": onnx\/a.onnx \(1.0 MB\), onnx\/b.onnx \(2.0 MB\); pass --prec/,
  );
});

Deno.test("chooseWeights() never passes one precision off as another", () => {
  assert.throws(
    () => choose(["onnx/model.onnx", "onnx/model_fp16.onnx"], { precision: "int4" }),
    /Cannot find "org\/m" at int4: it holds onnx\/model.onnx .*model_fp16.onnx/,
  );
  assert.throws(() => choose(["model_q4.onnx"], { precision: "fp32" }), /at fp32: it holds/);
  assert.deepEqual(choose(["model.onnx"], { precision: "fp32" }), ["model.onnx"]);
});

Deno.test("chooseWeights() says what is there and how to export where no graph is", () => {
  for (
    const paths of [["model.safetensors", "config.json"], ["pytorch_model.bin"], ["README.md"], []]
  ) {
    assert.throws(() => choose(paths), (error) => {
      assert.ok(error instanceof InputError);
      assert.ok(error.message.includes(paths[0] ?? "no file"));
      assert.match(
        error.remedy,
        /optimum-cli export onnx --model org\/m --task text-generation-wi/,
      );
      assert.equal(error.remedy.includes('--file "*.safetensors"'), paths.includes("config.json"));
      return true;
    });
  }
});

Deno.test("chooseWeights() takes a checkpoint that --file names, with all of its shards", () => {
  const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const index = "model.safetensors.index.json";
  for (const pattern of ["*.safetensors", "*.safetensors*", index]) {
    assert.deepEqual(choose(["config.json", ...shards, index], { pattern }), [index, ...shards]);
  }
  assert.deepEqual(
    choose(["model.safetensors", "adapter.safetensors"], { pattern: "*.safetensors" }),
    [
      "model.safetensors",
    ],
  );
});

Deno.test("describingFiles() takes them from the graph's folder up to the root", () => {
  const files = repository(
    "config.json",
    "onnx/tokenizer.json",
    "a/tokenizer.json",
    "a/b/genai_config.json",
    "a/c/config.json",
    "README.md",
    "onnx/model.onnx",
  );
  const inFolder = (folder: string) => describingFiles(files, folder).map(({ path }) => path);
  assert.deepEqual(inFolder("."), ["config.json"]);
  assert.deepEqual(inFolder("onnx"), ["config.json", "onnx/tokenizer.json"]);
  assert.deepEqual(inFolder("a/b"), ["config.json", "a/tokenizer.json", "a/b/genai_config.json"]);
});

Deno.test("describingFiles() refuses a configuration that would fill the disk", () => {
  const files = repository("config.json");
  files.files[0]!.bytes = 1e12;
  assert.throws(() => describingFiles(files, "."), HubFailure);
});
