/** ReadLimits bounds what one stream may cost. Sizes are in bytes. */
export interface ReadLimits {
  /** One record of a JSON file. CloudTrail's are below 256 KB, 1 MB at the most. */
  readonly recordBytes: number;
  /** One JSON value that holds records but isn't a trail file, e.g. a decoded CloudWatch Logs payload. */
  readonly valueBytes: number;
  /** One line of text; a longer one is cut there. */
  readonly lineBytes: number;
  /** What a gzip stream may unpack to. */
  readonly unpackedBytes: number;
  /** How many times its size a gzip stream may unpack to, once it is past `ratioFreeBytes`. */
  readonly unpackedRatio: number;
  readonly ratioFreeBytes: number;
}

const mega = 1024 * 1024;

/** defaultLimits fit a Lambda with 512 MB. Trail files unpack to 10 to 30 times their size; gzip's own maximum is 1,032. */
export const defaultLimits: ReadLimits = {
  recordBytes: 4 * mega,
  valueBytes: 32 * mega,
  lineBytes: 2 * mega,
  unpackedBytes: 4096 * mega,
  unpackedRatio: 250,
  ratioFreeBytes: 64 * mega,
};
