/**
 * Opening the shared library of ONNX Runtime, with nothing taken for granted.
 *
 * @module
 */
import { type Address, callable, cString, OrtApi, textAt, UnusableLibrary } from "./api.ts";
import { checkWhole } from "./elf.ts";
import { pin } from "./pin.ts";
import { HEADER_MINOR } from "./slots.ts";

/** An open library. */
export interface OrtLibrary {
  path: string;
  /** As it says itself: `1.30.0`. */
  version: string;
  api: OrtApi;
  /** The runtime's environment, one for this thread. */
  env: Address;
  /** Its allocator of ordinary memory. */
  allocator: Address;
}

const opened = new Map<string, OrtLibrary>();

/**
 * Opens a library once; it stays open as long as the process, since threads of its own run in it.
 *
 * @throws {UnusableLibrary} Where it is no library, none of ONNX Runtime, or too old or new.
 */
export function openLibrary(path: string): OrtLibrary {
  const known = opened.get(path);
  if (known !== undefined) return known;
  const { api, version } = apiOf(path);
  pin(path);
  // Level 4 is "fatal": failures come back as statuses, and stderr is not the place for others.
  const env = api.make("CreateEnv", 4, cString("tokenwatt"));
  const allocator = api.make("GetAllocatorWithDefaultOptions");
  const library = { path, version, api, env, allocator };
  opened.set(path, library);
  return library;
}

function apiOf(path: string): { api: OrtApi; version: string } {
  checkWhole(path);
  let library: Deno.DynamicLibrary<{ OrtGetApiBase: { parameters: []; result: "pointer" } }>;
  try {
    library = Deno.dlopen(path, { OrtGetApiBase: { parameters: [], result: "pointer" } });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      throw new UnusableLibrary("loading it needs --allow-ffi", { cause });
    }
    throw new UnusableLibrary(reasonOf(cause), { cause });
  }
  try {
    const base = library.symbols.OrtGetApiBase();
    if (base === null) throw new UnusableLibrary("its OrtGetApiBase() gives nothing");
    // struct OrtApiBase { const OrtApi* (*GetApi)(uint32_t); const char* (*GetVersionString)(void); }
    const view = new Deno.UnsafePointerView(base);
    const [getApi, getVersion] = [view.getPointer(0), view.getPointer(8)];
    if (getApi === null || getVersion === null) {
      throw new UnusableLibrary("its OrtApiBase is empty");
    }
    const version = textAt(callable(getVersion, { parameters: [], result: "u64" })() as Address);
    checkVersion(version);
    const table = callable(getApi, { parameters: ["u32"], result: "pointer" })(HEADER_MINOR);
    if (table === null) {
      throw new UnusableLibrary(`its version ${version} lacks API ${HEADER_MINOR}`);
    }
    return { api: new OrtApi(table as Deno.PointerObject), version };
  } catch (error) {
    library.close();
    throw error;
  }
}

// Before any slot is read: in another major version, or an older one, it may hold anything.
function checkVersion(version: string): void {
  const [, major, minor] = /^(\d+)\.(\d+)(\.|$)/.exec(version) ?? [];
  if (major === "1" && Number(minor) >= HEADER_MINOR) return;
  throw new UnusableLibrary(
    `its version is "${
      version.slice(0, 40)
    }", and what is known holds from 1.${HEADER_MINOR} on, below 2`,
  );
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n")[0]!.replace(/^Could not open library: /, "");
}
