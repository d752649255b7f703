/** NotifiedOnce remembers notifications that are sent only once: a day's digest, the end of a trial. */
export interface NotifiedOnce {
  readonly has: (what: string) => Promise<boolean>;
  readonly set: (what: string, at: Date) => Promise<void>;
}
