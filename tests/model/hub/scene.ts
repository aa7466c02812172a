/** What the tests of pulling begin with: a model that is really one, a cache, a connection. */
import type { Connection } from "../../../lib/model/hub/mod.ts";
import { buildModel } from "../../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "../checkpoints.ts";
import { COMMIT, type FakeHub, type HubFile, type HubModel } from "./fake_hub.ts";

/** The files of a small Llama as exporters lay them: fp32 with its weights beside, and fp16. */
export async function modelFiles(): Promise<Record<string, HubFile>> {
  using folder = temporaryFolder();
  const config = { ...SMALL, vocab_size: 300 };
  const built = await buildModel(config, {
    outDir: `${folder.path}/fp32`,
    externalDataAboveBytes: 0,
  });
  const half = await buildModel(config, { outDir: `${folder.path}/fp16`, precision: "fp16" });
  const files: Record<string, HubFile> = {};
  for (const { name } of Deno.readDirSync(built.path)) {
    const isWeights = name.startsWith("model.onnx");
    const content = Deno.readFileSync(`${built.path}/${name}`);
    files[isWeights ? `onnx/${name}` : name] = { content, isLfs: isWeights };
  }
  const content = Deno.readFileSync(`${half.path}/model.onnx`);
  return { ...files, "onnx/model_fp16.onnx": { content, isLfs: true } };
}

/** A repository that holds `files` at `main`. */
export function modelOf(files: Record<string, HubFile>, more: Partial<HubModel> = {}): HubModel {
  return { revisions: { main: COMMIT }, files, ...more };
}

/** A connection that loses no time. */
export function connectionTo(hub: FakeHub, more: Partial<Connection> = {}): Connection {
  const signal = new AbortController().signal;
  return {
    endpoint: hub.url,
    token: null,
    stallMs: 5_000,
    pauseMs: 1,
    signal,
    onWait: () => {},
    ...more,
  };
}

/** Bytes that no two tests share by chance. */
export function bytesOf(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from(
    { length },
    () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24,
  );
}

/** Every file below a folder, by path, with what it is a link to or its size. */
export function tree(folder: string, below = ""): string[] {
  return [...Deno.readDirSync(`${folder}/${below}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? tree(folder, `${below}${name}/`) : [`${below}${name}`]
  ).sort();
}
