import assert from "node:assert/strict";
import { resolve } from "node:path";
import { checkWhole } from "../../../lib/inference/ort_ffi/elf.ts";
import { openLibrary } from "../../../lib/inference/ort_ffi/library.ts";
import { libraryPath } from "../../../lib/inference/ort_ffi/library_path.ts";
import { CHECKED, GET_ERROR_MESSAGE, RELEASES } from "../../../lib/inference/ort_ffi/slots.ts";
import { temporaryFolder } from "../../model/checkpoints.ts";
import { testUnless } from "../../gate/needs.ts";

const isLinux = Deno.build.os === "linux";
const compiler = isLinux ? findCompiler() : null;
const lacking = compiler === null ? "it is no Linux, or has no C compiler" : null;

/** Libraries as they must not crash the process: what each holds, and what is said of it. */
const WRONG: [name: string, source: string, said: RegExp][] = [
  ["of something else", "int answer(void) { return 42; }", /OrtGetApiBase/],
  ["without a base", "void* OrtGetApiBase(void) { return 0; }", /gives nothing/],
  ["with an empty base", "void* OrtGetApiBase(void) { static void* b[2]; return b; }", /is empty/],
  ["of an older version", library("1.16.3"), /version is "1\.16\.3".*from 1\.22 on/],
  ["of another major version", library("2.0.0"), /version is "2\.0\.0"/],
  ["whose version is no number", library("one"), /version is "one"/],
  ["without a version", library(null), /version is ""/],
  ["without this API", library("1.30.0", "return 0;"), /lacks API 22/],
  [
    "with a slot that is missing",
    library("1.30.0", "return table;"),
    /its function CreateEnv is missing/,
  ],
];

for (const [name, source, said] of WRONG) {
  testUnless(lacking, `openLibrary() refuses a library ${name}`, async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/libwrong.so`;
    await compile(source, path);
    assert.throws(
      () => openLibrary(path),
      (error) =>
        error instanceof Error && error.name === "UnusableLibrary" && said.test(error.message) &&
        !error.message.includes("\n"),
    );
  });
}

Deno.test("openLibrary() refuses what is no library, and cut ones that would end the process", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/lib.so`;
  const refused = () => assert.throws(() => openLibrary(path), { name: "UnusableLibrary" });
  refused(); // it is not there
  Deno.writeTextFileSync(path, "not a library");
  refused();
  Deno.writeFileSync(path, new Uint8Array(0));
  refused();
  if (!isLinux) return;
  const whole = readStart(libraryPath(), 4 << 20);
  for (const length of [4 << 20, 100_000, 4096, 100, 64, 63, 20]) {
    Deno.writeFileSync(path, whole.subarray(0, length));
    assert.throws(() => checkWhole(path), /cut|no 64-bit/);
    refused();
  }
});

const noElf = isLinux ? null : "libraries of Linux only are looked into";
testUnless(noElf, "checkWhole() holds out against damaged headers", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/lib.so`;
  const start = readStart(libraryPath(), 4096);
  for (let at = 0; at < 120; at++) {
    for (const value of [0, 0x7f, 0xff]) {
      const damaged = start.slice();
      damaged[at] = value;
      Deno.writeFileSync(path, damaged);
      assert.throws(() => checkWhole(path), { name: "UnusableLibrary" });
    }
  }
});

Deno.test("the library that the package ships can be called, once for all sessions", () => {
  const library = openLibrary(libraryPath());
  assert.match(library.version, /^1\.\d+\.\d+$/);
  assert.equal(openLibrary(libraryPath()), library);
  // A status is turned into an error, with the runtime's own words.
  assert.throws(
    () =>
      library.api.call(
        "AddSessionConfigEntry",
        library.api.make("CreateSessionOptions"),
        new Uint8Array(1),
        new Uint8Array(1),
      ),
    /[Kk]ey/,
  );
});

const SLOTS = resolve(import.meta.dirname!, "../../../../shared/data/onnx/ort-api-slots.json");
const noSlots = exists(SLOTS) ? null : `${SLOTS} is not on this machine`;
testUnless(noSlots, "slots have the numbers of the header", async () => {
  const numbers: Record<string, number> = JSON.parse(await Deno.readTextFile(SLOTS));
  for (const [name, [number]] of Object.entries(CHECKED)) assert.equal(numbers[name], number, name);
  for (const [name, number] of Object.entries(RELEASES)) assert.equal(numbers[name], number, name);
  assert.equal(numbers.GetErrorMessage, GET_ERROR_MESSAGE);
});

/** A library that answers for its version, and whose table is empty. */
function library(version: string | null, getApi = "abort();"): string {
  return `
    #include <stdint.h>
    #include <stdlib.h>
    static void* table[400];
    static void* get_api(uint32_t version) { (void)version; (void)table; ${getApi} }
    static const char* get_version(void) { return ${version === null ? "0" : `"${version}"`}; }
    void* OrtGetApiBase(void) {
      static void* base[2];
      base[0] = (void*)get_api; base[1] = (void*)get_version;
      return base;
    }`;
}

async function compile(source: string, path: string): Promise<void> {
  await Deno.writeTextFile(`${path}.c`, source);
  const { success, stderr } = await new Deno.Command(compiler!, {
    args: ["-shared", "-fPIC", "-w", "-o", path, `${path}.c`],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

function findCompiler(): string | null {
  for (const name of ["cc", "gcc", "clang"]) {
    try {
      if (new Deno.Command(name, { args: ["--version"] }).outputSync().success) return name;
    } catch {
      continue;
    }
  }
  return null;
}

function readStart(path: string, length: number): Uint8Array {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(length);
  assert.equal(file.readSync(bytes), length);
  return bytes;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
