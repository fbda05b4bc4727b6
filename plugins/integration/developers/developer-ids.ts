import { createHash } from 'node:crypto';

/**
 * The id of a developer whose row has none, because an older process wrote it: a UUID of version 8 that follows from organization
 * and e-mail address, so that every process reads the same one.
 */
export function derivedDeveloperId(organization: string, email: string): string {
  const bytes = createHash('sha256').update(`${organization}\n${email}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
