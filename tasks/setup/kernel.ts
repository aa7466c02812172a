import { InputError } from "../../lib/errors.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { userJupyterFolder } from "../../setup/jupyter_places.ts";
import { installKernel, kernelFolder, readKernel, removeKernel } from "../../setup/kernel.ts";
import type { SetupChoices } from "./consent.ts";

/** Installs or removes the Deno kernel. It touches one folder of the user's own, so it does not ask. */
export async function setUpKernel({ undo, dryRun }: SetupChoices): Promise<void> {
  const folder = userJupyterFolder((name) => Deno.env.get(name));
  if (folder === null) {
    throw new InputError("Cannot find the folder of Jupyter: HOME is not set", {
      remedy: "set JUPYTER_DATA_DIR",
    });
  }
  const place = visibleText(kernelFolder(folder));
  const isThere = await attempt(`read ${place}`, readKernel(folder)) !== null;
  if (dryRun) {
    if (undo) console.log(isThere ? `Would remove ${place}` : `No kernel at ${place}`);
    else console.log(`Would ${isThere ? "replace" : "install"} the Deno kernel at ${place}`);
  } else if (undo) {
    const removed = await attempt(`remove ${place}`, removeKernel(folder));
    console.log(removed ? `Removed ${place}` : `No kernel at ${place}`);
  } else {
    await attempt(`install the kernel at ${place}`, installKernel(folder));
    console.log(`${isThere ? "Replaced" : "Installed"} the Deno kernel at ${place}`);
  }
}

async function attempt<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new InputError(`Cannot ${what}: ${visibleText((error as Error).message)}`, {
      remedy: "make it writable, or name another folder with JUPYTER_DATA_DIR",
      cause: error,
    });
  }
}
