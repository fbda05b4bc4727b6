import { createHash, randomBytes } from 'node:crypto';
import { type RefreshToken, sessionPrefix } from './refresh-token-repository.ts';
import { isLinkId, type TokenHolder } from './token-holder.ts';

const second = 1_000_000;
const refreshMicros = 7 * 24 * 3600 * second;
const familyMicros = 30 * 24 * 3600 * second;
/** Within this time a reused refresh token counts as a client's retry, later as a sign of a stolen token. */
export const retryMicros = 10 * second;

/** The session of a person in a browser, or the tokens of a program. */
export type FamilyKind = 'session' | 'program';

/** The tokens that descend from one sign-in. */
export interface Family {
  /** Begins with its kind; `kindOf` tells it. */
  id: string;
  /** Subject of their holder. */
  subject: string;
  /** Microseconds. */
  expiresAt: number;
}

export const newFamily = (kind: FamilyKind, { subject, link }: TokenHolder, at: number): Family => ({
  id: `${kind}_${randomBytes(12).toString('hex')}`,
  subject,
  expiresAt: link?.expiresAt ?? at + familyMicros,
});

export const familyOf = ({ family, subject, familyExpiresAt }: RefreshToken): Family => ({
  id: family,
  subject,
  expiresAt: familyExpiresAt,
});

/**
 * The kind of a token's family. Undefined: a version that told the kinds apart in no id has signed the holder in, or does so
 * beside this process during an upgrade. The kind is in the id because such a process keeps the id when it renews a token.
 */
export function kindOf({ family, subject }: Pick<RefreshToken, 'family' | 'subject'>): FamilyKind | undefined {
  if (family.startsWith(sessionPrefix) || isLinkId(subject)) return 'session';
  return family.startsWith('program_') ? 'program' : undefined;
}

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
