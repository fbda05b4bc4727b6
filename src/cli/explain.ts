import { defaultDatabaseUrl } from '../config.ts';
import { isUnavailable, isUnwritable, reasonOf } from '../database/database-errors.ts';
import { databasePlace } from '../database/database-place.ts';
import { remedyFor } from '../database/outage-remedies.ts';
import { isApiError, isStartError, isStorageOutage, StartError } from '../errors.ts';
import type { Environment } from '../settings.ts';

interface SystemError extends Error {
  code?: string;
  errcode?: number;
  syscall?: string;
  path?: string;
  address?: string;
  port?: number;
  hostname?: string;
}

/**
 * Turns an error that the operator can fix into a `StartError` with instructions; returns any other error unchanged.
 */
export function explain(error: unknown, env: Environment): unknown {
  if (isStartError(error) || !(error instanceof Error)) return error;
  const { code, syscall, path, hostname, address, port } = error as SystemError;
  const isListening = syscall === 'listen' || (syscall === 'getaddrinfo' && hostname === env.HOST);
  if (isListening) {
    const place =
      address === undefined ? hostname : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    return new StartError(`The gateway cannot listen on ${place} (${code}). Set another HOST or PORT.`);
  }
  if (code !== undefined && noRoom.has(code))
    return new StartError(`No room is left on the disk${path ? ` for ${path}` : ''} (${code}). Free space on it.`);
  if (syscall !== undefined && path !== undefined) {
    return new StartError(`${path} is not accessible (${code}). Grant the process access to it, or set DATA_DIR.`);
  }
  const place = databasePlace(env.DATABASE_URL || defaultDatabaseUrl);
  const storage = isStorageOutage(error) ? error.reason : isUnwritable(error) ? reasonOf(error) : undefined;
  if (storage !== undefined)
    return new StartError(`The database ${place} cannot be written (${storage}): ${remedyFor(storage)}.`);
  const failure = databaseFailure(error);
  if (failure === undefined) return error;
  return new StartError(
    `The database ${place} cannot be used (${failure}). Check that it is running and that DATABASE_URL is correct.`,
  );
}

const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function databaseFailure(error: SystemError): string | undefined {
  if (isApiError(error)) return error.code === 'DATABASE_UNAVAILABLE' ? error.reason : undefined;
  if (!isUnavailable(error)) return undefined;
  return reasonOf(error);
}
