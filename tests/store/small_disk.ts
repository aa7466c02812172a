/** A disk of its own, in memory: it can be full, and read-only. */
export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** Makes room. */
  grow(kilobytes: number): void;
  /** Lets nobody write any more. */
  protect(): void;
}

/** Mounts a disk of this size; gone with the scope. */
export function smallDisk(kilobytes: number): SmallDisk {
  const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-disk-" });
  const remount = (option: string) => mount("-o", `remount,${option}`, folder);
  mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder);
  return {
    folder,
    grow: (kilobytes) => remount(`size=${kilobytes}k`),
    protect: () => remount("ro"),
    [Symbol.dispose]() {
      new Deno.Command("umount", { args: [folder] }).outputSync();
      Deno.removeSync(folder);
    },
  };
}

/** Why there can be no such disk; `null` where there can. */
export function noSmallDisk(): string | null {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    return "mounting a small disk takes Linux and root";
  }
  try {
    using _probe = smallDisk(64);
    return null;
  } catch {
    return "this machine lets nobody mount a small disk";
  }
}

function mount(...args: string[]): void {
  const { success, stderr } = new Deno.Command("mount", { args }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
