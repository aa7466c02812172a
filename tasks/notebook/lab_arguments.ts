/** What JupyterLab is started for. */
export interface LabOptions {
  /** From the root, with slashes. */
  notebook: string;
  port: number;
  /** Whether it must be this port: then a taken one is an error. */
  isPortAsked: boolean;
  open: boolean;
  root: string;
}

/** The arguments of Python that start JupyterLab: for this machine only, with a token. */
export function labArguments({ notebook, port, isPortAsked, open, root }: LabOptions): string[] {
  return [
    "-m",
    "jupyterlab",
    `--ServerApp.root_dir=${root}`,
    `--LabApp.default_url=/lab/tree/${notebook}`,
    "--ServerApp.ip=127.0.0.1",
    `--ServerApp.port=${port}`,
    ...isPortAsked ? ["--ServerApp.port_retries=0"] : [],
    ...open ? [] : ["--no-browser"],
    // Ctrl-C ends it without a question, and saves nothing that the page has not.
    "--ServerApp.answer_yes=True",
    "--KernelSpecManager.ensure_native_kernel=False",
    // Jupyter refuses to run as root, as containers do, unless told.
    ...Deno.uid() === 0 ? ["--allow-root"] : [],
    // Extensions are not installed from here, so npm and the package index need not be asked.
    "--LabApp.extension_manager=readonly",
    "--log-level=WARN",
  ];
}
