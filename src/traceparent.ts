/** A `traceparent` of W3C Trace Context, version 00; its groups are the ids of trace and parent, and the flags. */
const format = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

export interface Traceparent {
  readonly traceId: string;
  readonly flags: string;
}

/** Undefined for a value of another version or form. */
export function parseTraceparent(value: string): Traceparent | undefined {
  const [, traceId, , flags] = format.exec(value) ?? [];
  return traceId === undefined || flags === undefined ? undefined : { traceId, flags };
}
