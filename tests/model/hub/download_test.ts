import assert from "node:assert/strict";
import { blobPath, placeOf } from "../../../lib/model/hub/cache_layout.ts";
import { download } from "../../../lib/model/hub/download.ts";
import { type Connection, HubFailure } from "../../../lib/model/hub/mod.ts";
import { temporaryFolder } from "../checkpoints.ts";
import { type Breaks, COMMIT, FakeHub, hashOf, type HubFile } from "./fake_hub.ts";
import { bytesOf, connectionTo, modelOf, tree } from "./scene.ts";

const ID = "org/m";
const PATH = "onnx/model.onnx";

interface Scene {
  hub: FakeHub;
  cache: string;
  blob: string;
  part: string;
  /** Every state that was reported, in bytes. */
  reported: number[];
  fetch(more?: Partial<Connection>): Promise<number>;
}

/** A hub with one file, and a cache that may hold a part of it. */
async function scene(
  file: HubFile,
  breaks: Breaks,
  test: (scene: Scene) => Promise<void>,
): Promise<void> {
  using folder = temporaryFolder();
  await using hub = new FakeHub({ [ID]: modelOf({ [PATH]: file }) });
  hub.breaks = breaks;
  const place = placeOf(folder.path, ID);
  const hash = file.lies?.hash ?? hashOf(file);
  const blob = blobPath(place, hash);
  Deno.mkdirSync(`${place.folder}/blobs`, { recursive: true });
  const reported: number[] = [];
  const repository = { id: ID, revision: "main", commit: COMMIT, files: [] };
  const wanted = {
    path: PATH,
    bytes: file.lies?.bytes ?? file.content.length,
    hash,
    hashKind: file.isLfs ? "sha256" as const : "git-sha1" as const,
  };
  await test({
    hub,
    cache: folder.path,
    blob,
    part: `${blob}.incomplete`,
    reported,
    fetch: (more) =>
      download(connectionTo(hub, more), repository, wanted, place, (n) => reported.push(n)),
  });
}

const LARGE: HubFile = { content: bytesOf(100_000), isLfs: true };
const always = () => null;

function ranges(hub: FakeHub): (string | null)[] {
  return hub.asked.filter(({ isStorage }) => isStorage).map(({ headers }) => headers.get("range"));
}

for (const isLfs of [true, false]) {
  Deno.test(`download() fetches and checks a ${isLfs ? "large" : "small"} file`, async () => {
    await scene({ content: bytesOf(5_000), isLfs }, always, async ({ fetch, blob, part, hub }) => {
      assert.equal(await fetch(), 5_000);
      assert.deepEqual(Deno.readFileSync(blob), bytesOf(5_000));
      assert.throws(() => Deno.statSync(part), Deno.errors.NotFound);
      const before = hub.asked.length;
      assert.equal(await fetch(), 0);
      assert.equal(hub.asked.length, before, "what is there is not asked for");
    });
  });
}

Deno.test("download() takes an empty file, whose hash git gives it too", async () => {
  await scene({ content: new Uint8Array(), isLfs: false }, always, async ({ fetch, blob }) => {
    assert.equal(await fetch(), 0);
    assert.equal(Deno.statSync(blob).size, 0);
  });
});

Deno.test("download() goes on after each break, wherever it comes, with Range", async () => {
  const rounds = Deno.env.get("TOKENWATT_LONG") === "1" ? 100 : 10;
  for (let seed = 1; seed <= rounds; seed++) {
    const cuts = [...bytesOf(3, seed)].map((value) => value * 130);
    let at = 0;
    const breaks: Breaks = ({ isStorage }) => {
      const cutAfter = isStorage ? cuts[at++] : undefined;
      return cutAfter === undefined ? null : { cutAfter };
    };
    await scene(LARGE, breaks, async ({ fetch, blob, hub, reported }) => {
      assert.equal(await fetch(), LARGE.content.length);
      assert.deepEqual(Deno.readFileSync(blob), LARGE.content);
      // TCP may lose the last of what was sent before a cut, so only the order is sure.
      const froms = ranges(hub).map((range) => Number(range?.slice(6, -1) ?? 0));
      assert.deepEqual(froms, froms.toSorted((a, b) => a - b), `seed ${seed}`);
      assert.deepEqual(reported, reported.toSorted((a, b) => a - b));
    });
  }
});

Deno.test("download() goes on where an earlier process was stopped", async () => {
  await scene(LARGE, always, async ({ fetch, blob, part, hub, reported }) => {
    Deno.writeFileSync(part, LARGE.content.slice(0, 60_000));
    assert.equal(await fetch(), 40_000);
    assert.deepEqual(ranges(hub), ["bytes=60000-"]);
    assert.equal(reported[0], 60_000);
    assert.deepEqual(Deno.readFileSync(blob), LARGE.content);
  });
});

Deno.test("download() takes a part that is whole as it is, and one too long not at all", async () => {
  await scene(LARGE, always, async ({ fetch, blob, part, hub }) => {
    Deno.writeFileSync(part, LARGE.content);
    assert.equal(await fetch(), 0);
    assert.equal(hub.asked.length, 0);
    Deno.removeSync(blob);
    Deno.writeFileSync(part, bytesOf(100_001));
    assert.equal(await fetch(), 100_000);
    assert.deepEqual(Deno.readFileSync(blob), LARGE.content);
  });
});

Deno.test("download() begins anew where an earlier process left other bytes", async () => {
  await scene(LARGE, always, async ({ fetch, blob, part, hub }) => {
    Deno.writeFileSync(part, bytesOf(60_000, 9));
    await fetch();
    assert.deepEqual(ranges(hub), ["bytes=60000-", null]);
    assert.deepEqual(Deno.readFileSync(blob), LARGE.content);
  });
});

Deno.test("download() begins anew where the server knows no ranges, or another one", async () => {
  const wrong: Breaks[] = [
    ({ headers }) => headers.has("range") ? { ignoresRange: true } : null,
    ({ headers }) => headers.has("range") ? { status: 416 } : null,
    ({ headers, isStorage }) =>
      isStorage && headers.has("range") ? { headers: { "content-range": "bytes 0-9/10" } } : null,
  ];
  for (const breaks of wrong) {
    await scene(LARGE, breaks, async ({ fetch, blob, part }) => {
      Deno.writeFileSync(part, LARGE.content.slice(0, 60_000));
      assert.equal(await fetch(), 100_000);
      assert.deepEqual(Deno.readFileSync(blob), LARGE.content);
    });
  }
});

Deno.test("download() gives up a silent connection and goes on with another", async () => {
  let stalls = 1;
  const breaks: Breaks = ({ isStorage }) => isStorage && stalls-- > 0 ? { stallAfter: 500 } : null;
  await scene(LARGE, breaks, async ({ fetch, blob, hub }) => {
    await fetch({ stallMs: 200 });
    assert.deepEqual(Deno.readFileSync(blob), LARGE.content);
    assert.deepEqual(ranges(hub), [null, "bytes=500-"]);
  });
});

Deno.test("download() is patient with a slow connection", async () => {
  const slowly = { everyBytes: 20_000, waitMs: 100 };
  await scene(LARGE, ({ isStorage }) => isStorage ? { slowly } : null, async ({ fetch, hub }) => {
    await fetch({ stallMs: 400 }); // 500 ms in all
    assert.deepEqual(ranges(hub), [null]);
  });
});

Deno.test("download() tries again after what may pass, on the hub and on its storage", async () => {
  for (
    const [status, broken] of [[500, false], [503, true], [408, false], [429, true], [403, true]]
  ) {
    let left = 2;
    const breaks: Breaks = ({ isStorage }) =>
      isStorage === broken && left-- > 0
        ? { status: Number(status), headers: { "retry-after": "0" } }
        : null;
    await scene(LARGE, breaks, async ({ fetch, blob }) => {
      await fetch();
      assert.equal(left, -1);
      assert.deepEqual(Deno.readFileSync(blob), LARGE.content);
    });
  }
});

Deno.test("download() fails in one line after five tries in vain, and keeps what came", async () => {
  const breaks: Breaks = ({ isStorage }) => isStorage ? { cutAfter: 0 } : null;
  await scene(LARGE, breaks, async ({ fetch, part, hub }) => {
    Deno.writeFileSync(part, LARGE.content.slice(0, 7_000));
    await assert.rejects(fetch(), (error) => {
      assert.ok(error instanceof HubFailure);
      assert.match(
        error.message,
        /^Cannot get "onnx\/model.onnx": .*; see that .* run the same command again/,
      );
      assert.doesNotMatch(error.message, /signature|\n/);
      return true;
    });
    assert.equal(ranges(hub).length, 5);
    assert.equal(Deno.statSync(part).size, 7_000);
  });
});

const VAST: HubFile = { content: new Uint8Array(9_000_000), isLfs: true };

Deno.test("download() goes on for as long as each try brings a megabyte", async () => {
  const breaks: Breaks = ({ isStorage }) => isStorage ? { cutAfter: 1_300_000 } : null;
  await scene(VAST, breaks, async ({ fetch, blob, hub }) => {
    await fetch();
    assert.ok(ranges(hub).length >= 7);
    assert.equal(Deno.statSync(blob).size, 9_000_000);
  });
});

Deno.test("download() gives up a server that begins anew each time and never comes further", async () => {
  const breaks: Breaks = ({ isStorage }) =>
    isStorage ? { ignoresRange: true, cutAfter: 1_300_000 } : null;
  await scene(VAST, breaks, async ({ fetch, hub }) => {
    await assert.rejects(fetch(), HubFailure);
    assert.ok(ranges(hub).length < 15);
  });
});

Deno.test("download() does not wait an hour unasked", async () => {
  const headers = { "retry-after": "3600" };
  await scene(LARGE, () => ({ status: 429, headers }), async ({ fetch, hub }) => {
    await assert.rejects(fetch(), /no more requests for now \(429\).* again in 3600 s/);
    assert.equal(hub.asked.length, 1);
  });
});

Deno.test("download() deletes what does not hash to what was promised", async () => {
  for (const isLfs of [true, false]) {
    const body = bytesOf(100_000, 2);
    const breaks: Breaks = ({ path, isStorage }) =>
      isStorage || path.includes("resolve-cache") ? { body } : null;
    await scene({ ...LARGE, isLfs }, breaks, async ({ fetch, cache }) => {
      await assert.rejects(fetch(), /is not what the hub promised.*deleted/);
      assert.deepEqual(tree(cache).filter((path) => !path.endsWith(".lock")), []);
    });
  }
});

Deno.test("download() takes no byte more than was listed, however much comes", async () => {
  const file = { ...LARGE, lies: { bytes: 1_000, hash: hashOf(LARGE) } };
  await scene(file, always, async ({ fetch, cache }) => {
    await assert.rejects(fetch(), /sends more of .* than the 1000 bytes that it lists/);
    assert.deepEqual(tree(cache).filter((path) => !path.endsWith(".lock")), []);
  });
  // Without an end, and without saying how much.
  const endless: Breaks = ({ isStorage }) =>
    isStorage ? { body: bytesOf(3_000_000), headers: { "content-length": "9000000000000" } } : null;
  await scene(file, endless, async ({ fetch, reported }) => {
    await assert.rejects(fetch(), HubFailure);
    assert.ok(Math.max(...reported) <= 1_000);
  });
});

Deno.test("download() fails where less comes than was listed", async () => {
  const file = { ...LARGE, lies: { bytes: 200_000, hash: hashOf(LARGE) } };
  await scene(file, always, async ({ fetch, part }) => {
    await assert.rejects(fetch(), HubFailure);
    assert.ok(Deno.statSync(part).size <= 100_000);
  });
});

Deno.test("download() fails where a size is announced that does not come", async () => {
  const breaks: Breaks = ({ isStorage }) => isStorage ? { body: bytesOf(10), claims: 5 } : null;
  await scene(LARGE, breaks, async ({ fetch }) => {
    await assert.rejects(fetch(), HubFailure);
  });
});

Deno.test("download() does not run in circles after redirects, nor into a file: address", async () => {
  const circle: Breaks = () => ({ status: 302, headers: { location: "/org/m/again" } });
  await scene(LARGE, circle, async ({ fetch, hub }) => {
    await assert.rejects(fetch(), /redirects in a circle/);
    assert.ok(hub.asked.length < 20);
  });
  for (const location of ["file:///etc/passwd", "data:,x", "", "http://["]) {
    await scene(LARGE, () => ({ status: 302, headers: { location } }), async ({ fetch, hub }) => {
      // An empty location means the same address, which is a circle.
      await assert.rejects(fetch(), /redirects (to no address|in a circle)/);
      assert.ok(hub.asked.length < 20);
    });
  }
});

Deno.test("download() shows the token to the hub and to nobody else", async () => {
  await scene(LARGE, always, async ({ fetch, hub }) => {
    await fetch({ token: "hf_secret" });
    const shown = hub.asked.map((
      { isStorage, headers },
    ) => [isStorage, headers.has("authorization")]);
    assert.deepEqual(shown, [[false, true], [true, false]]);
  });
});

Deno.test("download() stops at once when asked to, and keeps what came", async () => {
  const breaks: Breaks = ({ isStorage }) => isStorage ? { stallAfter: 3_000 } : null;
  await scene(LARGE, breaks, async ({ fetch, part, reported }) => {
    const controller = new AbortController();
    const fetched = fetch({ signal: controller.signal });
    fetched.catch(() => {});
    while ((reported.at(-1) ?? 0) < 3_000) await new Promise((r) => setTimeout(r, 5));
    controller.abort();
    await assert.rejects(fetched, { name: "AbortError" });
    assert.equal(Deno.statSync(part).size, 3_000);
  });
});

Deno.test("download() twice at once fetches once", async () => {
  const slowly = { everyBytes: 10_000, waitMs: 10 };
  await scene(
    LARGE,
    ({ isStorage }) => isStorage ? { slowly } : null,
    async ({ fetch, hub, blob }) => {
      const received = await Promise.all([fetch(), fetch(), fetch()]);
      assert.equal(received.reduce((a, b) => a + b), 100_000);
      assert.equal(ranges(hub).length, 1);
      assert.deepEqual(Deno.readFileSync(blob), LARGE.content);
    },
  );
});
