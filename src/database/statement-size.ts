import type { Knex } from 'knex';

/** Upper bound of a statement with many rows, in bytes after escaping: hosts allow packets of 4 MiB and more. */
export const maxStatementBytes = 1024 * 1024;
/** Bytes of a character in UTF-8, at most, for each UTF-16 unit. */
const maxCharacterBytes = 3;
/** Characters that the driver escapes with a backslash. */
const escaped = /[\0\b\t\n\r\x1a"'\\]/g;

/** The bound for a database: less than 1 MiB where the server takes smaller packets. */
export function statementBytesOf(db: Knex): number {
  const { statementBytes } = db.client.config as { statementBytes?: number };
  return statementBytes ?? maxStatementBytes;
}

/** Size of a statement as it is sent, in bytes; up to three times as much for a small one, which is cheaper to say. */
export function bytesOf({ text, bindings }: { text: string; bindings: readonly unknown[] }): number {
  const texts = bindings.filter((value) => typeof value === 'string');
  const atMost = texts.reduce((sum, value) => sum + value.length * maxCharacterBytes, text.length);
  if (atMost <= maxStatementBytes / 4) return atMost;
  return texts.reduce((sum, value) => sum + escapedBytes(value), text.length);
}

const escapedBytes = (value: string): number => Buffer.byteLength(value) + (value.match(escaped)?.length ?? 0);
