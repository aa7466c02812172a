import assert from "node:assert/strict";
import { jupyterFolders, userJupyterFolder } from "../../setup/jupyter_places.ts";
import { installKernel, readKernel, removeKernel } from "../../setup/kernel.ts";

const env = (values: Record<string, string>) => (name: string) => values[name];

Deno.test("userJupyterFolder() is where Jupyter keeps what a user installs", () => {
  const home = { HOME: "/home/ada" };
  assert.equal(userJupyterFolder(env(home), "linux"), "/home/ada/.local/share/jupyter");
  assert.equal(userJupyterFolder(env(home), "darwin"), "/home/ada/Library/Jupyter");
  const data = { ...home, XDG_DATA_HOME: "/data" };
  assert.equal(userJupyterFolder(env(data), "linux"), "/data/jupyter");
  const chosen = { ...data, JUPYTER_DATA_DIR: "/mine" };
  assert.equal(userJupyterFolder(env(chosen), "darwin"), "/mine");
  assert.equal(userJupyterFolder(env({}), "linux"), null);
});

Deno.test("jupyterFolders() names the user's folder before the system's", () => {
  assert.deepEqual(jupyterFolders(env({ HOME: "/h", JUPYTER_PATH: "/a:/b" }), "linux"), [
    "/a",
    "/b",
    "/h/.local/share/jupyter",
    "/usr/local/share/jupyter",
    "/usr/share/jupyter",
  ]);
});

Deno.test("removeKernel() removes what installKernel() made, and tells where there was none", async () => {
  const folder = await Deno.makeTempDir();
  assert.equal(await readKernel(folder), null);
  assert.equal(await removeKernel(folder), false);
  await installKernel(folder);
  assert.match(await readKernel(folder) ?? "", /"NO_COLOR": "1"/);
  assert.equal(await removeKernel(folder), true);
  assert.equal(await readKernel(folder), null);
});
