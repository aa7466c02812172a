import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JupyterVenv, prepareJupyter } from "../../setup/jupyter_venv.ts";

/** The outcome in a fresh folder, on a machine whose PATH holds this python3 alone. */
async function prepared(
  python: string | null,
  times = 1,
): Promise<{ venv: JupyterVenv; told: number }> {
  const root = await mkdtemp(join(tmpdir(), "tokenwatt-venv-"));
  const path = Deno.env.get("PATH") ?? "";
  try {
    await mkdir(join(root, "bin"));
    await mkdir(join(root, "setup"));
    await writeFile(join(root, "setup", "requirements.txt"), "jupyterlab\n");
    if (python !== null) {
      await writeFile(join(root, "bin", "python3"), `#!/bin/sh\n${python}\n`);
      await chmod(join(root, "bin", "python3"), 0o755);
    }
    Deno.env.set("PATH", join(root, "bin"));
    let told = 0;
    const venvs = await Promise.all(
      Array.from({ length: times }, () => prepareJupyter(root, () => told++)),
    );
    return { venv: venvs.at(-1)!, told };
  } finally {
    Deno.env.set("PATH", path);
    await rm(root, { recursive: true });
  }
}

/** A python3 of which pip is what `pip` says. */
const withPip = (pip: string) =>
  `case "$1 $2" in
"-V ") echo Python 3.12.1 ;;
"-m venv") /bin/mkdir -p "$4/bin"; printf '#!/bin/sh\\n${pip}\\n' > "$4/bin/python"
  /bin/chmod 755 "$4/bin/python" ;;
esac`;

const FAULTS: [
  what: string,
  python: string | null,
  reason: RegExp,
  remedy: RegExp,
  told: number,
][] = [
  ["no Python", null, /^python3 was not found in PATH$/, /install Python 3\.10/, 0],
  ["an old Python", "echo Python 3.8.10", /^python3 is Python 3\.8\.10$/, /install Python/, 0],
  ["a broken Python", "exit 3", /broken \(exit code 3\)/, /install Python/, 0],
  [
    "no venv",
    '[ "$1" = -V ] && echo Python 3.11.2 || { echo "ensurepip is not available" >&2; exit 1; }',
    /`python3 -m venv` failed: ensurepip is not available/,
    /Debian: python3-venv/,
    1,
  ],
  [
    "no network",
    withPip("echo ERROR: No matching distribution; echo; echo [notice] new pip; exit 1"),
    /^pip could not install JupyterLab: ERROR: No matching distribution$/,
    /check the network/,
    1,
  ],
];

for (const [what, python, reason, remedy, told] of FAULTS) {
  Deno.test(`prepareJupyter() with ${what} says why and what to do`, async () => {
    const { venv, told: calls } = await prepared(python);
    assert.ok("reason" in venv);
    assert.match(venv.reason, reason);
    assert.match(venv.remedy, remedy);
    assert.equal(calls, told);
  });
}

Deno.test("prepareJupyter() ends with a Python where all went well", async () => {
  const { venv, told } = await prepared(withPip("exit 0"));
  assert.ok("python" in venv, JSON.stringify(venv));
  assert.match(venv.python, /\.venv\/bin\/python$/);
  assert.equal(told, 1);
});

Deno.test("prepareJupyter() makes one .venv where two ask at once", async () => {
  const { venv, told } = await prepared(withPip("exit 0"), 2);
  assert.ok("python" in venv, JSON.stringify(venv));
  assert.equal(told, 1);
});
