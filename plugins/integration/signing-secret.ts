import { randomBytes } from 'node:crypto';
import Joi from 'joi';
import type { Encryption } from '../../src/plugin.ts';

/** A signing secret, as callers see it. */
export const signingSecretAnswer = Joi.object({ secret: Joi.string().required() }).meta({
  schemaName: 'SigningSecret',
});

/** The signing secrets of an endpoint: both sign for a day after a rotation. */
export interface SigningSecrets {
  current: Buffer;
  previous: Buffer | undefined;
  /** Microseconds; the previous secret signs until then. */
  previousUntil: number | undefined;
}

/** The secrets as stored: encrypted, in three columns. */
export interface SecretColumns {
  secret: string | null;
  previous_secret: string | null;
  previous_secret_until: number | null;
}

/** The encrypted ones of these columns. */
export const encryptedSecretColumns = ['secret', 'previous_secret'] as const satisfies (keyof SecretColumns)[];

type Owner = readonly [table: string, id: string, organization: string];

const secretBytes = 32;
const overlapMicros = 24 * 3600 * 1_000_000;

export const newSecrets = (): SigningSecrets => ({
  current: randomBytes(secretBytes),
  previous: undefined,
  previousUntil: undefined,
});

export const rotateSecrets = ({ current }: SigningSecrets, now: number): SigningSecrets => ({
  current: randomBytes(secretBytes),
  previous: current,
  previousUntil: now + overlapMicros,
});

/** The secrets that sign at this moment, newest first. */
export const signingAt = ({ current, previous, previousUntil }: SigningSecrets, now: number): Buffer[] =>
  previous && now < (previousUntil ?? 0) ? [current, previous] : [current];

export function toSecretColumns(secrets: SigningSecrets, encryption: Encryption, owner: Owner): SecretColumns {
  const seal = (secret: Buffer | undefined): string | null =>
    secret ? encryption.encrypt(secret.toString('base64'), owner) : null;
  return {
    secret: seal(secrets.current),
    previous_secret: seal(secrets.previous),
    previous_secret_until: secrets.previousUntil ?? null,
  };
}

/** Undefined for an endpoint that was saved before endpoints had secrets. */
export function fromSecretColumns(
  row: SecretColumns,
  encryption: Encryption,
  owner: Owner,
): SigningSecrets | undefined {
  if (row.secret === null) return undefined;
  const open = (sealed: string): Buffer => Buffer.from(encryption.decrypt(sealed, owner), 'base64');
  return {
    current: open(row.secret),
    previous: row.previous_secret === null ? undefined : open(row.previous_secret),
    previousUntil: row.previous_secret_until ?? undefined,
  };
}
