/** ObjectRef names an object of a trail bucket. */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
}

/** TrailObject is an object's content and metadata. */
export interface TrailObject {
  readonly body: AsyncIterable<Uint8Array>;
  /** The object's metadata, without `x-amz-meta-`; undefined when the source has no metadata, such as a disk. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Days is a range of days, yyyy-MM-dd, both ends included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** ObjectSource is a trail bucket, or a copy of one. */
export interface ObjectSource {
  /** For a person: `s3://my-trail/AWSLogs`, `archive/`. */
  readonly name: string;
  /** The bucket's name; undefined for a copy, whose original bucket is unknown. */
  readonly bucket?: string;
  /**
   * list gives the keys of all objects, in any order. Given days (yyyy-MM-dd, both included), it may leave out the objects of other
   * days; of a region that is left without any, it gives the folder: `AWSLogs/…/CloudTrail/eu-west-1/`.
   */
  list(days?: Days): AsyncIterable<string>;
  /**
   * open begins to read an object; undefined when it does not exist. Other errors are thrown: they say nothing about the object.
   */
  open(ref: ObjectRef): Promise<TrailObject | undefined>;
}
