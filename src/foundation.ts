import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { type Clock, createSystemClock, createTimeFormat } from './clock.ts';
import { type Config, loadConfig } from './config.ts';
import { type Database, openDatabase } from './database/database.ts';
import type { MigrationOwner } from './database/migrations.ts';
import { createEncryption, type Encryption } from './encryption/encryption.ts';
import { loadEncryptionKeys } from './encryption/encryption-keys.ts';
import { StartError, stackOf } from './errors.ts';
import { createLogOutput, type LogOutput } from './logger.ts';
import type { Plugin } from './plugin.ts';
import { checkPlugin } from './plugin-loader.ts';
import { type Environment, readAll, SettingsError } from './settings.ts';

/** What the server and every command stand on. */
export interface Foundation {
  readonly config: Readonly<Config>;
  readonly log: LogOutput;
  readonly now: Clock;
  readonly formatTime: (micros: number) => string;
  readonly database: Database;
  readonly encryption: Encryption;
  readonly plugins: readonly ConfiguredPlugin[];
  /** Who has migrations, in the order in which they run. */
  readonly owners: readonly MigrationOwner[];
}

export interface ConfiguredPlugin {
  readonly plugin: Plugin;
  readonly settings: unknown;
  /** Its name and file, for messages to whoever starts the gateway. */
  readonly title: string;
  /** The file that it was loaded from; undefined for one that comes from code. */
  readonly source: string | undefined;
}

export interface FoundationOptions {
  env: Environment;
  plugins: readonly Plugin[];
  /** The files that plugins were loaded from. */
  sources?: ReadonlyMap<Plugin, string>;
  now?: Clock | undefined;
  logSink?: Writable | undefined;
}

const migrationsFolder = join(import.meta.dirname, '..', 'migrations');

/**
 * Reads all settings (throws one `SettingsError` for everything that is wrong) and opens the database lazily. Throws
 * `StartError` when a plugin does not keep the contract or two share a name.
 */
export function createFoundation(options: FoundationOptions): Foundation {
  const { env, plugins, sources, now = createSystemClock(), logSink } = options;
  const titles = titlesOf(plugins, sources);
  const [config, ...settings] = readAll([
    () => loadConfig(env),
    ...plugins.map((plugin, index) => () => configure(plugin, titles[index] ?? '', env)),
  ] as const);
  const database = openDatabase(config);
  return {
    config,
    log: createLogOutput(config, logSink),
    now,
    formatTime: createTimeFormat(config.TIME_ZONE),
    encryption: createEncryption(loadEncryptionKeys(config, database.file)),
    database,
    plugins: plugins.map((plugin, index) => ({
      plugin,
      settings: settings[index],
      title: titles[index] ?? '',
      source: sources?.get(plugin),
    })),
    owners: [
      { name: 'gateway', directory: join(migrationsFolder, 'gateway') },
      { name: 'dispatcher', directory: join(migrationsFolder, 'dispatcher') },
      ...plugins.map(({ name, migrations }) => ({ name, directory: migrations ?? join(migrationsFolder, name) })),
    ],
  };
}

/** What plugins keep is told apart by their names, so each has one of its own, and none the gateway's. */
function titlesOf(plugins: readonly Plugin[], sources: FoundationOptions['sources']): string[] {
  const taken = new Map([['gateway', 'the gateway itself']]);
  return plugins.map((plugin) => {
    const source = sources?.get(plugin);
    const title = source === undefined ? `"${plugin.name}"` : `"${plugin.name}" (${source})`;
    checkPlugin(plugin, source ?? title);
    const owner = taken.get(plugin.name);
    if (owner !== undefined) throw new StartError(`Plugin ${title}: the name is taken by ${owner}. Give it another.`);
    taken.set(plugin.name, `plugin ${title}`);
    return title;
  });
}

function configure(plugin: Plugin, title: string, env: Environment): unknown {
  try {
    return plugin.configure?.(env);
  } catch (error) {
    if (!(error instanceof SettingsError))
      throw new StartError(`Plugin ${title} failed in configure: ${stackOf(error)}`);
    throw new SettingsError(
      error.problems.map((problem) => ({ ...problem, expected: `${problem.expected} (plugin ${title})` })),
    );
  }
}
