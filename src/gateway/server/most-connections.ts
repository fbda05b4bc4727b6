import { readFileSync } from 'node:fs';

const atMost = 20_000;

/**
 * Connections that the HTTP server takes by default: half of the files that the process may open, 20,000 at most. The other
 * half is for backends, database and callbacks; without files left, the system would drop the newest connections.
 */
export function mostConnections(): number {
  const files = openFiles();
  return files === undefined ? atMost : Math.max(1, Math.min(atMost, Math.floor(files / 2)));
}

/** Node raises its own limit to the hard one at start. Undefined where the system does not tell. */
function openFiles(): number | undefined {
  try {
    const [, hard] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return hard === undefined ? undefined : Number(hard);
  } catch {
    return undefined;
  }
}
