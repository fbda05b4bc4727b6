import { statSync } from 'node:fs';

/**
 * The mode of a key file on which other users have rights, e.g. `0644`; undefined if there are none. A group may read the key of
 * another owner, who lets the gateway read it in this way.
 */
export function modeForOthers(file: string): string | undefined {
  const { mode, uid } = statSync(file);
  const forOthers = uid === process.getuid?.() ? 0o077 : 0o037;
  return (mode & forOthers) === 0 ? undefined : (mode & 0o777).toString(8).padStart(4, '0');
}
