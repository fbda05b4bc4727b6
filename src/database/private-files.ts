import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const forOthers = 0o077;
const sticky = 0o1000;

/** Creates a folder and its parents for this user alone. */
export const createPrivateFolder = (folder: string): void => void mkdirSync(folder, { recursive: true, mode: 0o700 });

/** Creates an empty file for this user alone, unless it exists. SQLite gives its other files the same mode. */
export function createPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch {
    // SQLite reports a place that it cannot use.
  }
}

/**
 * Takes the rights of group and others from the data folder, from every entry in it and from the files of an embedded
 * database. The database's own folder is included if it holds nothing else. In the working
 * folder and the home folder other entries stay as they are; folders that all users share keep their mode. Returns the
 * paths that others can still use, for instance because they have another owner.
 */
export function protectData(dataFolder: string, databaseFile: string | undefined): string[] {
  const file = databaseFile && realPath(databaseFile);
  const data = realPath(dataFolder);
  const name = basename(file ?? keyFile);
  const paths = new Set<string>();
  for (const folder of new Set(file === undefined ? [data] : [data, dirname(file)])) {
    if (!existsSync(folder)) continue;
    const entries = readdirSync(folder);
    const isDedicated = entries.every((entry) => entry.startsWith(name) || entry.startsWith(keyFile));
    const isOwn = !isShared(folder) && (folder === data || isDedicated);
    if (isOwn) paths.add(folder);
    for (const entry of entries)
      if (isDataFile(entry, name) || (isOwn && !isLivedIn(folder))) paths.add(join(folder, entry));
  }
  return [...paths].filter((path) => !protect(path));
}

const keyFile = 'encryption.key';
/** Files that SQLite keeps beside a database, and the lock of its server. */
const besideDatabase = /^(?:\.server)?(?:-wal|-shm|-journal)?$/;

const isDataFile = (entry: string, database: string): boolean =>
  entry === keyFile || (entry.startsWith(database) && besideDatabase.test(entry.slice(database.length)));

const realPath = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));

const isShared = (folder: string): boolean =>
  folder === '/' || folder === realPath(tmpdir()) || (statSync(folder).mode & sticky) !== 0;

const isLivedIn = (folder: string): boolean => folder === realPath(process.cwd()) || folder === realPath(homedir());

/** Whether others have no rights on `path` any more. Symbolic links are left alone: they lead to files of other places. */
function protect(path: string): boolean {
  try {
    const { mode } = lstatSync(path);
    const kind = mode & constants.S_IFMT;
    if (kind === constants.S_IFLNK || (mode & forOthers) === 0) return true;
    if (kind === constants.S_IFREG) protectFile(path);
    else chmodSync(path, 0o700);
    return true;
  } catch (error) {
    // Gone meanwhile, such as the log of another process.
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Opens the file first, so that a link put in its place is not followed. */
function protectFile(path: string): void {
  const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    fchmodSync(handle, 0o600);
  } finally {
    closeSync(handle);
  }
}
