import type { Clock, Encryption } from '../../../../src/plugin.ts';
import { maxCookieValue } from '../cookies.ts';

/** The tokens of a session, as its cookie keeps them. */
export interface Kept {
  /** Time of the sign-in, in microseconds. */
  since: number;
  access?: string | undefined;
  refresh?: string | undefined;
}

export interface KeptTokens {
  /** The value of the cookie; `isLasting`: it has the refresh token. Undefined: the tokens are too large. */
  seal(kept: Kept): { value: string; isLasting: boolean } | undefined;
  /** Undefined: forged, too old, or encrypted with a key that has been removed. */
  unseal(value: string): Kept | undefined;
}

/** Microseconds from the sign-in. */
export const longestMicros = 30 * 24 * 3600 * 1_000_000;

const prefix = 'oidc.';
const context = ['console_cookies', 'session', ''] as const;

/** Whether the value of a cookie belongs to a session of the identity provider. */
export const isOfProvider = (value: string): boolean => value.startsWith(prefix);

/** Tokens in a cookie that only the gateway can read. */
export const createKeptTokens = ({ encryption, now }: { encryption: Encryption; now: Clock }): KeptTokens => ({
  // As much as fits: without the access token each reload asks the provider, without the refresh token the session is short.
  seal: ({ since, access, refresh }) =>
    [
      ...(refresh === undefined
        ? []
        : [
            { since, access, refresh },
            { since, refresh },
          ]),
      { since, access },
    ]
      .map((kept) => ({
        value: `${prefix}${encryption.encrypt(JSON.stringify(kept), context)}`,
        isLasting: 'refresh' in kept,
      }))
      .find(({ value }) => value.length <= maxCookieValue),

  unseal(value) {
    try {
      const kept = JSON.parse(encryption.decrypt(value.slice(prefix.length), context)) as Kept;
      return now() < kept.since + longestMicros ? kept : undefined;
    } catch {
      return undefined;
    }
  },
});
