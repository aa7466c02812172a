import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import {
  blobPath,
  checkRoom,
  knownCommit,
  lockBlob,
  placeOf,
  showBlob,
  unwritable,
  usualCache,
  writeRef,
} from "../../../lib/model/hub/cache_layout.ts";
import { temporaryFolder } from "../checkpoints.ts";
import { COMMIT } from "./fake_hub.ts";
import { tree } from "./scene.ts";

Deno.test("usualCache() is where huggingface_hub has it", () => {
  const all = {
    HF_HUB_CACHE: "/a",
    HUGGINGFACE_HUB_CACHE: "/b",
    HF_HOME: "/c",
    XDG_CACHE_HOME: "/d",
    HOME: "/e",
    USERPROFILE: "/f",
  };
  const places = ["/a", "/b", "/c/hub", "/d/huggingface/hub"];
  const home = ["/e", "/f"].map((user) => `${user}/.cache/huggingface/hub`);
  for (const [index, place] of [...places, ...home].entries()) {
    const left = new Map(Object.entries(all).slice(index));
    assert.equal(usualCache((name) => left.get(name)), place);
  }
  assert.throws(() => usualCache(() => undefined), /HOME is not set; pass --cache/);
});

Deno.test("showBlob() links relatively, so that the cache can be moved", () => {
  using folder = temporaryFolder();
  const place = placeOf(`${folder.path}/cache`, "org/m");
  const blob = blobPath(place, "abc");
  Deno.mkdirSync(`${place.folder}/blobs`, { recursive: true });
  Deno.writeTextFileSync(blob, "content");
  const target = `${place.folder}/snapshots/${COMMIT}/onnx/model.onnx`;
  showBlob(blob, target);
  showBlob(blob, target); // again is no error
  assert.equal(Deno.readLinkSync(target), "../../../blobs/abc");
  Deno.renameSync(`${folder.path}/cache`, `${folder.path}/moved`);
  const moved = target.replace("/cache/", "/moved/");
  assert.equal(Deno.readTextFileSync(moved), "content");
  assert.equal(tree(folder.path).length, 2);
});

Deno.test("showBlob() copies where the system allows no links", () => {
  using folder = temporaryFolder();
  const blob = `${folder.path}/blob`;
  Deno.writeTextFileSync(blob, "content");
  showBlob(blob, `${folder.path}/s/config.json`, () => {
    throw new Deno.errors.PermissionDenied("A required privilege is not held by the client");
  });
  assert.ok(Deno.lstatSync(`${folder.path}/s/config.json`).isFile);
  assert.equal(Deno.readTextFileSync(`${folder.path}/s/config.json`), "content");
});

Deno.test("writeRef() notes branches and tags, with slashes too, but no commit", () => {
  using folder = temporaryFolder();
  const place = placeOf(folder.path, "org/m");
  for (const revision of ["main", "refs/pr/1", COMMIT]) writeRef(place, revision, COMMIT);
  assert.deepEqual(tree(place.folder), ["refs/main", "refs/refs/pr/1"]);
  assert.equal(knownCommit(place, "refs/pr/1"), COMMIT);
  assert.equal(knownCommit(place, COMMIT), COMMIT);
  assert.equal(knownCommit(place, "v2"), null);
  Deno.writeTextFileSync(`${place.folder}/refs/main`, "../../..");
  assert.equal(knownCommit(place, "main"), null);
});

Deno.test("lockBlob() lets one in at a time, and who waits can be stopped", async () => {
  using folder = temporaryFolder();
  const place = placeOf(`${folder.path}/`, "org/m");
  const controller = new AbortController();
  const waits: string[] = [];
  const waiter = { signal: controller.signal, onWait: (why: string) => waits.push(why) };
  const first = await lockBlob(place, "abc", waiter);
  assert.deepEqual(waits, []);
  // Where huggingface_hub keeps it (file_download.py).
  assert.deepEqual(tree(folder.path), [".locks/models--org--m/abc.lock"]);
  let isIn = false;
  const second = lockBlob(place, "abc", waiter).then((lock) => {
    isIn = true;
    return lock;
  });
  const third = lockBlob(place, "abc", { ...waiter, signal: AbortSignal.timeout(150) });
  await assert.rejects(third, { name: "TimeoutError" });
  assert.equal(isIn, false);
  assert.match(waits[0]!, /another process is fetching the same file/);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
});

Deno.test("checkRoom() refuses what the disk cannot hold", () => {
  using folder = temporaryFolder();
  const place = { cache: folder.path, folder: folder.path };
  checkRoom(place, "org/m", 1);
  assert.throws(() => checkRoom(place, "org/m", 1e18), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /it takes 1000000000000000000 bytes, the disk at .* has \d+ left/);
    return true;
  });
});

Deno.test("unwritable() says what to do about a full or closed disk, and lets defects be", () => {
  const full = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  assert.match((unwritable("/c", full) as Error).message, /"\/c": No space.*free some space/);
  const closed = new Deno.errors.PermissionDenied("denied");
  assert.match((unwritable("/c", closed) as Error).message, /"\/c": denied; make it writable/);
  const defect = new TypeError("x is undefined");
  assert.equal(unwritable("/c", defect), defect);
});
