import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { nodeSqlite } from "../../lib/store/mod.ts";
import { testUnless } from "../gate/needs.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const CONFIG = here("./second_driver/deno.json");
const DRIVER = here("./second_driver/better_sqlite.ts");
const THIS = here("./second_driver_test.ts");

async function deno(args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return { code, text };
}

async function lacking(): Promise<string | null> {
  const { code, text } = await deno(["run", "-q", "-A", "--config", CONFIG, DRIVER]);
  return code === 0 ? null : `better-sqlite3 cannot be loaded (${text.split("\n")[0]})`;
}

const isSecond = Deno.env.has("TOKENWATT_STORE_CONFIG");

testUnless(
  isSecond ? null : await lacking(),
  "the whole suite of the store passes on better-sqlite3",
  async () => {
    if (isSecond) {
      // Inside of the second suite, this proves that it is the second.
      const connection = nodeSqlite(":memory:", { readOnly: false });
      assert.throws(() => connection.prepare("BEGIN").all(), /does not return data/);
      connection.close();
      return;
    }
    const suite = [...Deno.readDirSync(here("."))].map(({ name }) => here(`./${name}`))
      .filter((path) => path.endsWith("_test.ts"));
    assert.ok(suite.includes(THIS) && suite.length > 8);
    const { code, text } = await deno(
      ["test", "-A", "-q", "--no-check", "--config", CONFIG, ...suite],
      { TOKENWATT_STORE_CONFIG: CONFIG },
    );
    assert.equal(code, 0, text);
    assert.match(text, /ok \| \d+ passed \| 0 failed/);
  },
);
