import { join } from "node:path";

/** The variables that say where Jupyter looks. */
export type Environment = (name: string) => string | undefined;

/**
 * The folder in which Jupyter looks for what this user installed (jupyter_core.paths,
 * `jupyter_data_dir`); `null` where the environment names none.
 */
export function userJupyterFolder(
  env: Environment,
  os: typeof Deno.build.os = Deno.build.os,
): string | null {
  const chosen = env("JUPYTER_DATA_DIR");
  if (chosen) return chosen;
  if (os === "windows") return below(env("APPDATA"), "jupyter");
  if (os === "darwin") return below(env("HOME"), "Library", "Jupyter");
  return below(env("XDG_DATA_HOME"), "jupyter") ??
    below(env("HOME"), ".local", "share", "jupyter");
}

/** Every folder in which Jupyter looks for kernels, the first to be found wins. */
export function jupyterFolders(
  env: Environment,
  os: typeof Deno.build.os = Deno.build.os,
): string[] {
  const listed = (env("JUPYTER_PATH") ?? "").split(os === "windows" ? ";" : ":");
  const user = userJupyterFolder(env, os);
  const system = os === "windows"
    ? [below(env("PROGRAMDATA"), "jupyter")]
    : ["/usr/local/share/jupyter", "/usr/share/jupyter"];
  return [...listed, user, ...system].filter((folder) => folder !== null && folder !== "")
    .map(String);
}

function below(folder: string | undefined, ...names: string[]): string | null {
  return folder ? join(folder, ...names) : null;
}
