// A function has five minutes for a run: ten endpoints at a time, each with two visits and its links.
export const maxEndpoints = 50;
export const maxTimeoutMs = 15_000;

/** Endpoint is an address that is checked, and what is right there. */
export interface Endpoint {
  /** What people call it; findings do, too. */
  readonly name: string;
  readonly url: string;
  /** The statuses that are right; absent: any from 200 to 299. */
  readonly status?: readonly number[];
  /** A text that the body must hold. */
  readonly contains?: string;
  /** What the JSON body must have at a path of names and positions with dots between: `checks.0.state`. */
  readonly json?: { readonly path: string; readonly equals: string | number | boolean | null };
  /** From how many milliseconds on, to the answer's end, it is slow. */
  readonly slowMs: number;
  readonly timeoutMs: number;
  /** How many redirects are followed; with none, the redirect is the answer. */
  readonly redirects: number;
  /** Which of the page's links must work, one level deep. */
  readonly links: 'none' | 'same-host' | 'all';
}

/** ProbeSettings says what is checked. */
export interface ProbeSettings {
  /** Hosts that may stand for private addresses, and inner addresses that may be asked; all others must be public. */
  readonly allow: readonly string[];
  readonly endpoints: readonly Endpoint[];
}
