const suffixes = ['.amazonaws.com', '.amazonaws.com.cn', '.aws.amazon.com', '.amazon.com', '.api.aws'];

/** serviceOf shortens an `eventSource` to the service's name: `iam.amazonaws.com` is `iam`. */
export function serviceOf(eventSource: string | undefined): string | undefined {
  if (eventSource === undefined) return undefined;
  const suffix = suffixes.find((end) => eventSource.endsWith(end) && eventSource.length > end.length);
  return suffix === undefined ? eventSource : eventSource.slice(0, -suffix.length);
}
