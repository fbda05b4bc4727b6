import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { RefreshToken } from './refresh-token-repository.ts';
import type { TokenHolder } from './token-holder.ts';

const second = 1_000_000;
const refreshMicros = 7 * 24 * 3600 * second;
const familyMicros = 30 * 24 * 3600 * second;
/** Within this time a reused refresh token counts as a client's retry, later as a sign of a stolen token. */
export const retryMicros = 10 * second;

/** The tokens that descend from one sign-in. */
export interface Family {
  id: string;
  /** Subject of their holder. */
  subject: string;
  /** Microseconds. */
  expiresAt: number;
}

export const newFamily = ({ subject, link }: TokenHolder, at: number): Family => ({
  id: randomUUID(),
  subject,
  expiresAt: link?.expiresAt ?? at + familyMicros,
});

export const familyOf = ({ family, subject, familyExpiresAt }: RefreshToken): Family => ({
  id: family,
  subject,
  expiresAt: familyExpiresAt,
});

/** A refresh token: its text for the client, and its row, which has only the hash. */
export function newRefreshToken(family: Family, at: number): { text: string; row: Omit<RefreshToken, 'usedAt'> } {
  const text = randomBytes(32).toString('base64url');
  return {
    text,
    row: {
      tokenHash: hashOf(text),
      family: family.id,
      subject: family.subject,
      expiresAt: Math.min(at + refreshMicros, family.expiresAt),
      familyExpiresAt: family.expiresAt,
    },
  };
}

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
