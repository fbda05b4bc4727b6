import type { EncryptionContext } from './encryption.ts';

/**
 * A table with values of `Encryption`, declared by its owner, so that `keys reencrypt` finds them. Without `context`,
 * the context of a value is the table, the row's key and its organization.
 */
export interface EncryptedTable {
  readonly table: string;
  /** The primary key: one column of text. */
  readonly key: string;
  /** The column of the organization in the context. Default: the context has an empty organization. */
  readonly organization?: string;
  /** Columns with values of `encrypt`, or null. */
  readonly columns: readonly string[];
  /** Columns with values of `fingerprint`, which cannot be made again without their texts. */
  readonly fingerprints?: readonly FingerprintColumn[];
  /** The context of a value, if it is another one. */
  context?(row: { readonly key: string; readonly organization: string; readonly column: string }): EncryptionContext;
}

export interface FingerprintColumn {
  readonly column: string;
  /** The column with the time in microseconds after which the fingerprint is not used any more. Default: it never ends. */
  readonly expires?: string;
}
