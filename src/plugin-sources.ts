import { existsSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { StartError } from './errors.ts';

const indexNames = ['index.ts', 'index.js', 'index.mjs'];

/**
 * The files of the plugins in `folder`: the index of each subfolder, in the order of their names. Links are followed; hidden folders
 * and `node_modules` are ignored. None if there is no such folder. Throws `StartError`.
 */
export function sourcesIn(folder: string): string[] {
  if (!statsOf(folder)) return [];
  const names = entriesOf(folder).filter((name) => !name.startsWith('.') && name !== 'node_modules');
  return names.sort().flatMap((name) => {
    const path = join(folder, name);
    const stats = statsOf(path);
    if (!stats)
      throw new StartError(`Plugin folder ${path} is a link to a folder that does not exist. Remove the link.`);
    return stats.isDirectory() ? [indexOf(path)] : [];
  });
}

/** Undefined if there is no such file, or a link leads to none. Throws `StartError` for any other reason. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw unreadable(folder, error as NodeJS.ErrnoException);
  }
}

const unreadable = (path: string, { code, message }: NodeJS.ErrnoException): StartError =>
  new StartError(
    code === 'ELOOP'
      ? `${path}, among the plugins of PLUGINS_DIR or PLUGINS, is a link that leads back to itself. Remove the link, or correct the setting.`
      : `${path}, among the plugins of PLUGINS_DIR or PLUGINS, cannot be read: ${message}. Correct its permissions or the setting, or remove it.`,
  );

const indexIn = (folder: string): string | undefined =>
  indexNames.map((name) => join(folder, name)).find((path) => existsSync(path));

function indexOf(folder: string): string {
  const file = indexIn(folder);
  if (file !== undefined) return file;
  throw new StartError(
    `Plugin folder ${folder} has no index.ts. Add one that exports a plugin, remove the folder, or set PLUGINS_DIR to another folder.`,
  );
}

/** Whether an entry of `PLUGINS` is a path, and no package. */
export const isPath = (entry: string): boolean => /^\.\.?(\/|$)/.test(entry) || isAbsolute(entry);

/**
 * The file of an entry of `PLUGINS`: of a path, which is relative to the working directory, or of a package, which is looked up from
 * the working directory first and then from the gateway. Throws `StartError`.
 */
export function sourceOf(entry: string): string {
  return isPath(entry) ? fileOf(entry) : packageFile(entry);
}

function fileOf(entry: string): string {
  const path = resolve(entry);
  const stats = statsOf(path);
  if (!stats) throw new StartError(`PLUGINS names ${entry}, and ${path} does not exist. Correct or remove it.`);
  if (!stats.isDirectory()) return path;
  try {
    // A folder with a package.json may name its main file there.
    return indexIn(path) ?? createRequire(import.meta.url).resolve(path);
  } catch {
    throw new StartError(
      `PLUGINS names ${entry}, and the folder ${path} has no index.ts. Add one that exports a plugin.`,
    );
  }
}

function packageFile(name: string): string {
  const found = resolveFrom(process.cwd(), name) ?? resolveFrom(import.meta.dirname, name);
  if (found !== undefined) return found;
  throw new StartError(
    `PLUGINS names the package "${name}", which is not installed. Install it or remove it from PLUGINS. A folder is named by a path such as ./${basename(name)}.`,
  );
}

/** Undefined if the package is not installed; throws `StartError` if it has no such export. */
function resolveFrom(folder: string, name: string): string | undefined {
  const parentURL = pathToFileURL(join(folder, 'index.js')).href;
  // The only stable way to resolve an `import` from another place.
  const hook = registerHooks({ resolve: (specifier, context, next) => next(specifier, { ...context, parentURL }) });
  try {
    return fileURLToPath(import.meta.resolve(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw new StartError(`PLUGINS names "${name}", which cannot be imported: ${(error as Error).message}`);
  } finally {
    hook.deregister();
  }
}

/** `sources` without repetitions: several ways may lead to one file. */
export function distinct(sources: readonly string[]): string[] {
  const seen = new Set<string>();
  return sources.filter((source) => {
    const path = realpathSync(source);
    if (seen.has(path)) return false;
    seen.add(path);
    return true;
  });
}
