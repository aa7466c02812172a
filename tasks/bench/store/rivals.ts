/** Whom the store is compared with: the least that anybody could write by hand. @module */
import { nodeSqlite, ProfileDatabase } from "../../../lib/store/mod.ts";
import { COMPONENTS, fill } from "./rows.ts";

const TOKENS = 500;
const LAYERS = 16;
const BATCH_TOKENS = 10;
const INSERT = "INSERT INTO component_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/** Makes the schema, the tokens and the layers, which are not timed. */
function prepare(path: string): void {
  using database = ProfileDatabase.open(path);
  const runId = fill(database, TOKENS);
  const layers = Array.from({ length: LAYERS }, (_, layer) => layer);
  for (let tokenIndex = 0; tokenIndex < TOKENS; tokenIndex++) {
    database.addLayerMetrics(
      runId,
      layers.map((layer) => ({ tokenIndex, layer, durationMs: 1 })),
    );
  }
  const first = { tokenIndex: 0, layer: 0, durationMs: 1 };
  database.addComponentMetrics(runId, COMPONENTS.map((component) => ({ ...first, component })));
  database.finishRun(runId, { status: "complete" });
}

/** One prepared statement, one row a call, integers at hand, the store's pragmas and batches. */
export function bareRate(path: string): number {
  prepare(path);
  const database = nodeSqlite(path, { readOnly: false });
  database.exec(
    "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; DELETE FROM component_rows",
  );
  const rows = rowsOf(
    database.prepare("SELECT id FROM token_rows ORDER BY id").all() as { id: number }[],
    database.prepare(
      "SELECT id FROM names WHERE name LIKE '%proj' OR name IN ('attention', 'activation')",
    )
      .all() as { id: number }[],
  );
  const statement = database.prepare(INSERT);
  const batch = BATCH_TOKENS * LAYERS * COMPONENTS.length;
  const startMs = performance.now();
  for (let at = 0; at < rows.length; at += batch) {
    database.exec("BEGIN IMMEDIATE");
    for (let i = at; i < Math.min(at + batch, rows.length); i++) statement.run(...rows[i]!);
    database.exec("COMMIT");
  }
  const rate = rows.length / (performance.now() - startMs) * 1000;
  database.close();
  return rate;
}

function rowsOf(tokens: { id: number }[], names: { id: number }[]): number[][] {
  const rows: number[][] = [];
  for (const { id: token } of tokens) {
    for (let layer = 0; layer < LAYERS; layer++) {
      for (const { id: name } of names) {
        const wave = Math.sin(token * 7 + layer * 3 + name);
        const nj = Math.round(4e5 + 1e5 * wave);
        const cost = [Math.round(1e5 + 5e4 * wave), nj, Math.round(nj * 0.7), Math.round(nj * 1.4)];
        const activation = [0.3 + wave / 9, 0.5 + wave / 7, 9 + wave, 0.02 + wave / 70];
        rows.push([token * 4096 + layer, name, ...cost, ...activation]);
      }
    }
  }
  return rows;
}

const PYTHON = `
import sqlite3, sys, math, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for pragma in ("synchronous = NORMAL", "foreign_keys = ON"): db.execute("PRAGMA " + pragma)
db.execute("DELETE FROM component_rows")
tokens = [r[0] for r in db.execute("SELECT id FROM token_rows ORDER BY id")]
names = [r[0] for r in db.execute("SELECT id FROM names WHERE name LIKE '%proj' OR name IN ('attention', 'activation')")]
rows = []
for t in tokens:
    for l in range(${LAYERS}):
        for n in names:
            w = math.sin(t * 7 + l * 3 + n); e = round(4e5 + 1e5 * w)
            rows.append((t * 4096 + l, n, round(1e5 + 5e4 * w), e, round(e * .7), round(e * 1.4),
                0.3 + w / 9, 0.5 + w / 7, 9 + w, 0.02 + w / 70))
batch = ${BATCH_TOKENS * LAYERS} * len(names)
start = time.perf_counter()
for at in range(0, len(rows), batch):
    db.execute("BEGIN IMMEDIATE")
    db.executemany("${INSERT}", rows[at:at + batch])
    db.execute("COMMIT")
print(len(rows) / (time.perf_counter() - start))
`;

/** Python's `sqlite3.executemany`; `null` where there is no Python. */
export function pythonRate(path: string): number | null {
  prepare(path);
  try {
    const { code, stdout } = new Deno.Command("python3", { args: ["-c", PYTHON, path] })
      .outputSync();
    return code === 0 ? Number(new TextDecoder().decode(stdout)) : null;
  } catch {
    return null;
  }
}
