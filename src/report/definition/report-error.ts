/** ReportErrorKind says whose turn it is: the asker's, the author's of the report, the engine's, or nobody's. */
export type ReportErrorKind = 'usage' | 'definition' | 'engine' | 'cut-off' | 'cancelled';

/** ReportError says why a report could not be answered, and what to do next. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
  readonly kind: ReportErrorKind;
  readonly hint: string | undefined;

  constructor(
    kind: ReportErrorKind,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
  }
}
