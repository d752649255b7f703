// A function has five minutes for a run: ten endpoints at a time, each with two visits and its links.
export const maxEndpoints = 50;
export const maxTimeoutMs = 15_000;

/** Endpoint is an address to check, with the expected answer. */
export interface Endpoint {
  /** The name of the endpoint, also in findings. */
  readonly name: string;
  readonly url: string;
  /** The expected statuses; absent: any from 200 to 299. */
  readonly status?: readonly number[];
  /** A text that the body must hold. */
  readonly contains?: string;
  /** The value that the JSON body must have at a path of names and positions, separated by dots: `checks.0.state`. */
  readonly json?: { readonly path: string; readonly equals: string | number | boolean | null };
  /** Milliseconds to the answer's end from which on the endpoint is slow. */
  readonly slowMs: number;
  readonly timeoutMs: number;
  /** How many redirects are followed; with none, the redirect is the answer. */
  readonly redirects: number;
  /** Which of the page's links must work, one level deep. */
  readonly links: 'none' | 'same-host' | 'all';
}

/** ProbeSettings lists the endpoints to check. */
export interface ProbeSettings {
  /** Hosts that may have private addresses, and internal addresses that may be asked; all others must be public. */
  readonly allow: readonly string[];
  readonly endpoints: readonly Endpoint[];
}
