const longestName = 100;
const longestValue = 4096;
const mostHeaders = 20;
/** Characters of all names and values: receivers refuse long heads. */
const longestTogether = 8192;
/** A token of RFC 9110. */
const token = /^[!#$%&'*+.^_`|~\da-z-]+$/i;
/** C0, DEL and C1: they could end the header, or act on the receiver's log. */
const controls = /[\0-\x1f\x7f-\x9f]/;
const beyondLatin1 = /[^\0-\xff]/;

/** They say how far the request reaches, and which hop it is for. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** `__proto__` is no name that a receiver in JavaScript can be expected to survive. */
const ofGateway: ReadonlySet<string> = new Set([
  '__proto__',
  'accept-encoding',
  'content-encoding',
  'content-type',
  'traceparent',
  'tracestate',
  'user-agent',
]);

/** Whether the endpoint has an `Authorization` of its own, which its headers must not replace. */
interface Credentials {
  hasAuthorization: boolean;
}

/**
 * Why an endpoint's headers cannot have this one, as the rest of a sentence that begins with the header: `is set by the
 * gateway`. Undefined: it can be set. The one list for the attempts and for checks of settings; case does not matter.
 */
export function headerRefusal(name: string, value: string, credentials: Credentials): string | undefined {
  return nameRefusal(name) ?? reservedBy(name, credentials) ?? valueRefusal(value);
}

/**
 * The headers to send, with lower-case names. Reserved names are dropped, because the request has its own: the delivery goes on,
 * also when a later version reserves a name. Throws `RangeError` for a header that HTTP cannot carry: sent without it, the
 * request would be another one than the endpoint expects.
 */
export function toSendableHeaders(
  headers: Readonly<Record<string, string>>,
  credentials: Credentials,
): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !reservedBy(name, credentials));
  if (kept.length > mostHeaders) throw new RangeError('too many headers');
  if (kept.flat().reduce((sum, { length }) => sum + length, 0) > longestTogether) throw new RangeError('long headers');
  for (const [name, value] of kept) {
    const refusal = headerRefusal(name, value, credentials);
    // Neither name nor value: both may be secrets.
    if (refusal !== undefined) throw new RangeError(`a header ${refusal}`);
  }
  return Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value]));
}

/** Who else sets a header of this name, as a phrase like those of `headerRefusal`. */
function reservedBy(name: string, { hasAuthorization }: Credentials): string | undefined {
  const lower = name.toLowerCase();
  if (ofConnection.has(lower) || lower.startsWith('proxy-')) return 'belongs to the connection';
  if (ofGateway.has(lower) || lower.startsWith('webhook-')) return 'is set by the gateway';
  return lower === 'authorization' && hasAuthorization ? "is set by the endpoint's authentication" : undefined;
}

function nameRefusal(name: string): string | undefined {
  if (name.length > longestName) return `has a name of more than ${longestName} characters`;
  return token.test(name) ? undefined : 'is not a valid name of a header';
}

function valueRefusal(value: string): string | undefined {
  if (value.length > longestValue) return `has a value of more than ${longestValue} characters`;
  if (controls.test(value)) return 'has a value with control characters';
  if (beyondLatin1.test(value)) return 'has a value with characters beyond Latin-1';
  // Receivers drop them: the value would not arrive as it is.
  return value.trim() === value ? undefined : 'has a value with spaces at its ends';
}
