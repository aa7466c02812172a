/**
 * Requests to the hub: who gets the token, how far redirects go, how long silence may last.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { HubFailure, reasonOf, Transient } from "./failure.ts";

/** Where the hub is, and how patient to be with it. */
export interface Connection {
  /** Its address without a slash at the end. */
  endpoint: string;
  /** Sent to this address only, never to where it redirects; `null` to stay unknown. */
  token: string | null;
  /** A connection that brings nothing for so long, in ms, is given up. */
  stallMs: number;
  /** The first pause before another try, in ms; each further one is twice as long. */
  pauseMs: number;
  /** Ends everything. */
  signal: AbortSignal;
  /** Told why nothing goes on for a while, in words for people. */
  onWait: (why: string) => void;
}

/** `https://huggingface.co`, or the address in `HF_ENDPOINT`, as huggingface_hub takes it. */
export function endpointOf(address: string | undefined): string {
  const text = address || "https://huggingface.co";
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password !== "") {
    throw new InputError("Cannot use the address in HF_ENDPOINT", {
      remedy: "write it as https://HOST, without a name or password, or unset it",
    });
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/** Aborts when nothing has come for a while, or when the user stops. */
export class Patience implements Disposable {
  readonly #controller = new AbortController();
  readonly #connection: Connection;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop = () => this.#controller.abort();

  /** The time begins now. */
  constructor(connection: Connection) {
    this.#connection = connection;
    connection.signal.addEventListener("abort", this.#stop);
    if (connection.signal.aborted) this.#stop();
    this.renew();
  }

  /** Ends the request that it is given to. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came: the time begins anew. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#stop, this.#connection.stallMs);
  }

  /** What an error during the request means: the user's stop, a stall, or a broken connection. */
  explain(error: unknown, hasProgress = false): unknown {
    this.#connection.signal.throwIfAborted();
    if (this.signal.aborted) {
      const seconds = this.#connection.stallMs / 1000;
      return new Transient(`nothing came for ${seconds} s`, { hasProgress });
    }
    // fetch throws TypeError for what happens on the network (and a broken body another Error).
    const isNetwork = error instanceof TypeError || error instanceof Deno.errors.Http ||
      error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.UnexpectedEof;
    return isNetwork ? new Transient(reasonOf(error), { hasProgress }) : error;
  }

  /** Lets go of the timer. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#connection.signal.removeEventListener("abort", this.#stop);
  }
}

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 10;

/**
 * Sends a GET request and follows redirects; the token goes to the hub's own origin alone.
 *
 * `fetch` would follow them too, but it is not for it to know which origin may see the token.
 */
export async function get(
  connection: Connection,
  address: string,
  headers: Record<string, string>,
  patience: Patience,
): Promise<Response> {
  const home = new URL(connection.endpoint).origin;
  let url = new URL(address);
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const knows = url.origin === home && connection.token !== null;
    const response = await fetch(url, {
      redirect: "manual",
      signal: patience.signal,
      headers: {
        ...headers,
        "accept-encoding": "identity",
        ...(knows ? { authorization: `Bearer ${connection.token}` } : {}),
      },
    }).catch((error) => Promise.reject(patience.explain(error)));
    patience.renew();
    if (!REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    url = target(response, url);
  }
  throw new HubFailure(
    `The hub at ${home} redirects in a circle (more than ${MOST_REDIRECTS} times); try again later`,
  );
}

function target(response: Response, from: URL): URL {
  const to = URL.parse(response.headers.get("location") ?? "", from);
  const isWeb = to !== null && ["http:", "https:"].includes(to.protocol);
  if (isWeb && !(from.protocol === "https:" && to.protocol === "http:")) return to;
  throw new HubFailure(
    `The hub at ${from.origin} redirects to no address that is as safe; check HF_ENDPOINT`,
  );
}
