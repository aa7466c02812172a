/** A forward proxy on this machine that counts what comes down through it, encrypted as it is. */
export interface CountingProxy {
  /** The environment that sends Deno's and npm's downloads through it. */
  env: Record<string, string>;
  /** Bytes received from elsewhere, since the start. */
  receivedBytes(): number;
  /** Hosts that could not be reached. */
  unreachable: string[];
  stop(): void;
}

/** Starts a proxy that knows CONNECT alone, which is all that HTTPS needs. */
export function startCountingProxy(): CountingProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const unreachable: string[] = [];
  let received = 0;
  const count = (bytes: number) => received += bytes;

  (async () => {
    for await (const client of listener) {
      // A connection that breaks is the client's to report.
      serve(client, count, unreachable).catch(() => {});
    }
  })();

  const address = `http://127.0.0.1:${listener.addr.port}`;
  return {
    env: {
      HTTPS_PROXY: address,
      HTTP_PROXY: address,
      NO_PROXY: "",
      https_proxy: address,
      http_proxy: address,
      no_proxy: "",
    },
    receivedBytes: () => received,
    unreachable,
    stop: () => listener.close(),
  };
}

async function serve(
  client: Deno.TcpConn,
  count: (bytes: number) => void,
  unreachable: string[],
): Promise<void> {
  const target = await readTarget(client);
  const [hostname = "", port = ""] = target?.split(":") ?? [];
  const server = target === null
    ? null
    : await Deno.connect({ hostname, port: Number(port) }).catch(() => null);
  if (server === null) {
    unreachable.push(target ?? "a request without CONNECT");
    await client.write(new TextEncoder().encode("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    client.close();
    return;
  }
  await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      count(chunk.length);
      controller.enqueue(chunk);
    },
  });
  await Promise.all([
    client.readable.pipeTo(server.writable),
    server.readable.pipeThrough(counted).pipeTo(client.writable),
  ]);
}

/** The `host:port` of a CONNECT request; `null` for any other. */
async function readTarget(client: Deno.TcpConn): Promise<string | null> {
  const buffer = new Uint8Array(4096);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const length = await client.read(buffer);
    if (length === null) return null;
    head += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return /^CONNECT (\S+) /.exec(head)?.[1] ?? null;
}
