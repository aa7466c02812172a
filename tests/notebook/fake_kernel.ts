/** A kernel that remembers what it was told. */
import type { DisplayBundle, Kernel } from "../../lib/notebook/kernel.ts";

export interface Sent {
  bundle: DisplayBundle;
  id: string | undefined;
  update: boolean | undefined;
}

export class FakeKernel implements Kernel {
  readonly sent: Sent[] = [];

  display(bundle: DisplayBundle, options: { id?: string; update?: boolean } = {}): Promise<void> {
    this.sent.push({ bundle, id: options.id, update: options.update });
    return Promise.resolve();
  }
}
