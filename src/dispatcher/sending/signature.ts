import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** The key bytes of a signing secret in the form `whsec_<base64>`. */
export const signingKey = (secret: string): Buffer => Buffer.from(secret.slice(prefix.length), 'base64');

/** The displayed form of a secret, from its 32 random bytes. */
export const formatSecret = (key: Buffer): string => `${prefix}${key.toString('base64')}`;

/**
 * The value of `webhook-signature` (Standard Webhooks): one `v1,<base64>` for each secret, newest first.
 * `content` is the body, or path and query of a request without a body; `timestamp` is in seconds.
 */
export function sign(keys: readonly Buffer[], id: string, timestamp: number, content: string | Buffer): string {
  return keys
    .map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(content).digest('base64')}`)
    .join(' ');
}
