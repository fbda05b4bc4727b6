import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** State by path. */
type Snapshot = ReadonlyMap<string, string>;

const pollMs = 200;
/** Bound of the work: further files go unnoticed. A folder of plugins has fewer. */
const mostFiles = 10_000;
/** Files whose change changes a start. Files of other kinds may be written while the gateway runs. */
const isSource = (name: string): boolean =>
  /\.(?:[cm]?[jt]s|json|ya?ml|sql|html)$/.test(name) && !/\.test\.[cm]?[jt]s$/.test(name);

/**
 * Calls `onChange` with the paths of changed, new and removed files of `places`, which are files and folders that may be missing,
 * once they have been unchanged for a moment. Compares times and sizes instead of asking the system for events: these miss links,
 * mounted folders of containers and new folders. Returns a function that stops it.
 */
export function pollFiles(places: () => readonly string[], onChange: (paths: string[]) => void): () => void {
  let reported = look(places());
  let last = reported;
  let timer: NodeJS.Timeout;
  const poll = (): void => {
    const startedAt = performance.now();
    const now = look(places());
    if (differences(last, now).length === 0) {
      const changed = differences(reported, now);
      reported = now;
      if (changed.length > 0) onChange(changed);
    }
    last = now;
    // At most a tenth of a processor, however many files there are.
    timer = setTimeout(poll, Math.max(pollMs, 10 * (performance.now() - startedAt)));
  };
  timer = setTimeout(poll, pollMs);
  return () => clearTimeout(timer);
}

function differences(one: Snapshot, other: Snapshot): string[] {
  const paths = new Set([...one.keys(), ...other.keys()]);
  return [...paths].filter((path) => one.get(path) !== other.get(path));
}

function look(places: readonly string[]): Snapshot {
  const found = new Map<string, string>();
  const folders = new Set<string>();
  for (const place of places) lookAt(place, found, folders);
  return found;
}

/** Links are followed; `folders` ends their circles. */
function lookAt(path: string, found: Map<string, string>, folders: Set<string>): void {
  const stats = unlessMissing(() => statSync(path));
  if (!stats || found.size >= mostFiles) return;
  if (!stats.isDirectory()) {
    found.set(path, `${stats.mtimeMs} ${stats.size} ${stats.ino}`);
    return;
  }
  const real = unlessMissing(() => realpathSync(path));
  if (real === undefined || folders.has(real)) return;
  folders.add(real);
  const entries = unlessMissing(() => readdirSync(path, { withFileTypes: true })) ?? [];
  if (isWebApplication(entries)) return;
  for (const entry of entries) if (isWatched(entry)) lookAt(join(path, entry.name), found, folders);
}

/** A folder from which pages are built. They are noticed without a restart, like the folder that they are built into, `dist`. */
function isWebApplication(entries: readonly Dirent[]): boolean {
  const names = new Set(entries.map(({ name }) => name));
  return names.has('index.html') && names.has('package.json');
}

/** A file that vanishes meanwhile, may not be read or is a link to itself counts as missing. */
function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

const notWatched = new Set(['node_modules', 'dist']);

const isWatched = (entry: Dirent): boolean =>
  !entry.name.startsWith('.') && !notWatched.has(entry.name) && (!entry.isFile() || isSource(entry.name));
