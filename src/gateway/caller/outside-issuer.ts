import { KeyObject } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, type FetchImplementation } from 'jose';
import type { Config } from '../../config.ts';
import { issuerUnavailable } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Clock, TokenIssuer } from '../../plugin.ts';
import { userAgent } from '../../version.ts';
import { principalFromClaims } from './principal.ts';

const fetchTimeoutMs = 3000;
/** Pause after a fetch that failed or was made for an unknown key id: senders choose key ids freely. */
const cooldownMs = 5000;
/** Keys withdrawn by the issuer are dropped after this time, if the issuer can be reached. */
const refreshMicros = 5 * 60 * 1_000_000;
const maxDocumentBytes = 256 * 1024;

/** The identity provider of the `JWT_*` settings; undefined when none is set. */
export function createOutsideIssuer(config: Config, now: Clock, logger: Logger): TokenIssuer | undefined {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS_URI: uri } = config;
  if (!issuer || !audience || !uri) return undefined;

  const listeners: (() => void)[] = [];
  let fetched = '';
  let announced = '';
  const keySet = createRemoteJWKSet(new URL(uri), {
    headers: { 'user-agent': userAgent },
    timeoutDuration: fetchTimeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    [customFetch]: async (url, options) => {
      const { status, text } = await fetchBounded(url, options);
      fetched = text;
      return new Response(text, { status });
    },
  });
  let failedAt = Number.NEGATIVE_INFINITY;
  let fetchedAt = now();

  const announceChange = (): void => {
    if (announced === fetched) return;
    announced = fetched;
    for (const listener of listeners) listener();
  };

  /** Cached keys stay valid while the issuer is unreachable; a background refresh drops withdrawn ones. */
  const refreshWhenOld = (): void => {
    if (!keySet.jwks() || now() - fetchedAt < refreshMicros || keySet.reloading) return;
    fetchedAt = now();
    keySet
      .reload()
      .then(announceChange, (error: Error) =>
        logger.warn('key set of the outside issuer could not be refreshed', { reason: error.message }),
      );
  };

  return {
    issuer,
    audience,
    algorithms: config.JWT_ALGORITHMS,
    onKeysChanged: (listener) => void listeners.push(listener),
    principalFor: async (claims) =>
      principalFromClaims(claims, { organization: config.JWT_ORG_CLAIM, scope: config.JWT_SCOPE_CLAIM }, (scope) =>
        config.JWT_SCOPES_ALLOWED ? config.JWT_SCOPES_ALLOWED.includes(scope) : scope !== 'gateway:admin',
      ),
    async keyFor(keyId, algorithm) {
      refreshWhenOld();
      if (now() - failedAt < cooldownMs * 1000 && !hasKey(keyId)) throw issuerUnavailable('issuer failed recently');
      try {
        const key = await keySet({ alg: algorithm, ...(keyId === undefined ? {} : { kid: keyId }) });
        return KeyObject.from(key as Parameters<typeof KeyObject.from>[0]);
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
          return undefined;
        if (error instanceof errors.JOSENotSupported) return undefined;
        failedAt = now();
        logger.warn('key set of the outside issuer could not be fetched', { reason: (error as Error).message });
        throw issuerUnavailable((error as Error).message);
      } finally {
        announceChange();
      }
    },
  };

  function hasKey(keyId: string | undefined): boolean {
    return keySet.jwks()?.keys.some((key) => key.kid === keyId) ?? false;
  }
}

/** `fetch` with a limit on the size of the response, which comes from outside. */
async function fetchBounded(...request: Parameters<FetchImplementation>): Promise<{ status: number; text: string }> {
  const response = await fetch(...request);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxDocumentBytes) throw new Error('the key set is too large');
    chunks.push(chunk);
  }
  return { status: response.status, text: Buffer.concat(chunks).toString('utf8') };
}
