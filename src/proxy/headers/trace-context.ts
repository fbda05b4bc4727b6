import { randomBytes } from 'node:crypto';
import { parseTraceparent } from '../../traceparent.ts';

/** Random bytes are drawn for many spans at once: a call to the generator costs more than the rest of this function. */
const poolBytes = 4096;
const spanBytes = 8;

export interface TraceContext {
  /** For the backend: the caller's trace or a new one, with a span of the gateway. */
  readonly traceparent: string;
  /** Whether the caller's trace is continued, along with its `tracestate`. */
  readonly isContinued: boolean;
}

/** W3C Trace Context, version 00. A malformed header, or one of an unknown version, starts a new trace. */
export function createTraceContext(): (traceparent: string | undefined) => TraceContext {
  let pool = Buffer.alloc(0);
  let offset = 0;

  const random = (bytes: number): string => {
    if (offset + bytes > pool.length) {
      pool = randomBytes(poolBytes);
      offset = 0;
    }
    offset += bytes;
    return pool.toString('hex', offset - bytes, offset);
  };

  return (traceparent) => {
    const { traceId, flags = '00' } = (traceparent !== undefined && parseTraceparent(traceparent)) || {};
    return {
      traceparent: `00-${traceId ?? random(2 * spanBytes)}-${random(spanBytes)}-${flags}`,
      isContinued: traceId !== undefined,
    };
  };
}
