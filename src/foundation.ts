import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { createSystemClock, createTimeFormat, type SystemClock, type TimeFormat } from './clock.ts';
import { type Config, loadConfig } from './config.ts';
import { type Database, openDatabase } from './database/database.ts';
import { requireDatabaseFile } from './database/database-place.ts';
import type { MigrationOwner } from './database/migrations.ts';
import { protectData } from './database/private-files.ts';
import { withDemo } from './demo.ts';
import { createEncryption, type Encryption } from './encryption/encryption.ts';
import { loadEncryptionKeys } from './encryption/encryption-keys.ts';
import { isStartError, StartError, stackOf } from './errors.ts';
import { createLogOutput, type LogOutput } from './logger.ts';
import type { Plugin } from './plugin.ts';
import { checkPlugin } from './plugin-loader.ts';
import { type Environment, isSettingsError, readAll, SettingsError } from './settings.ts';

/** Settings, log, clock, database and plugins: the dependencies that the server and every command share. */
export interface Foundation {
  readonly config: Readonly<Config>;
  readonly log: LogOutput;
  readonly now: SystemClock;
  readonly formatTime: TimeFormat;
  readonly database: Database;
  readonly encryption: Encryption;
  readonly plugins: readonly ConfiguredPlugin[];
  /** Owners of migrations, in the order in which these run. */
  readonly owners: readonly MigrationOwner[];
}

export interface ConfiguredPlugin {
  readonly plugin: Plugin;
  readonly settings: unknown;
  /** Name and file of the plugin, for messages to the operator. */
  readonly title: string;
  /** The file that the plugin was loaded from; undefined if it was passed in by code. */
  readonly source: string | undefined;
}

export interface FoundationOptions {
  env: Environment;
  plugins: readonly Plugin[];
  /** The file of each loaded plugin. */
  sources?: ReadonlyMap<Plugin, string>;
  now?: SystemClock | undefined;
  logSink?: Writable | undefined;
  /**
   * `create` (default) creates the embedded database and its key; with `use`, both have to exist; `look` creates and changes
   * nothing.
   */
  access?: 'create' | 'use' | 'look' | undefined;
  /** Where a setting has its value from, in words. */
  origin?: ((name: string) => string) | undefined;
  /** Standard output is a terminal: a person has started the gateway. Default false. */
  isTerminal?: boolean | undefined;
  /** Throws `SettingsError` for settings that matter to this use alone; its problems are reported with all others. */
  checkSettings?: ((env: Environment) => void) | undefined;
}

/** Folders of migrations of the gateway and of the plugins in this package. */
export const ownMigrations = join(import.meta.dirname, '..', 'migrations');

/**
 * Reads all settings and closes the data files to other users; the database connects on first use. Throws one `SettingsError`
 * with the problems of all settings, and `StartError` if a plugin violates the contract or two plugins share a name.
 */
export function createFoundation(options: FoundationOptions): Foundation {
  const { env, plugins, sources, now = createSystemClock(), logSink, isTerminal = false } = options;
  const { access = 'create', checkSettings } = options;
  const titles = titlesOf(plugins, sources);
  const [config, , ...settings] = readAll([
    () => withDemo(loadConfig(env), isTerminal),
    () => checkSettings?.(env),
    ...plugins.map((plugin, index) => () => configure(plugin, titles[index] ?? '', env)),
  ] as const);
  const database = openDatabase(config);
  const log = createLogOutput(config, logSink);
  const { origin = (name) => (env[name] ? 'the environment' : 'the default') } = options;
  if (access === 'use') requireDatabaseFile(database.file, config.DATABASE_URL, origin('DATABASE_URL'));
  const encryption = createEncryption(loadEncryptionKeys(config, database.file, access === 'create'));
  const open = access === 'look' ? [] : protectData(config.DATA_DIR, database.file);
  if (open.length > 0)
    log.labelled('gateway').warn('other users of this machine can read data of the gateway', { files: open });
  return {
    config,
    log,
    now,
    formatTime: createTimeFormat(config.TIME_ZONE),
    encryption,
    database,
    plugins: plugins.map((plugin, index) => ({
      plugin,
      settings: settings[index],
      title: titles[index] ?? '',
      source: sources?.get(plugin),
    })),
    owners: ownersOf(plugins, sources),
  };
}

/** Owners of migrations, in the order in which these run. Throws `StartError` for a folder that a plugin names and that is missing. */
export const ownersOf = (plugins: readonly Plugin[], sources?: FoundationOptions['sources']): MigrationOwner[] => [
  { name: 'gateway', directory: join(ownMigrations, 'gateway') },
  { name: 'dispatcher', directory: join(ownMigrations, 'dispatcher') },
  ...plugins.map((plugin) => ({ name: plugin.name, directory: migrationsOf(plugin, sources?.get(plugin)) })),
];

/** The folder that the plugin names; else the gateway's for an included plugin, and the working directory's for any other. */
function migrationsOf({ name, migrations }: Plugin, source: string | undefined): string {
  const own = join(ownMigrations, name);
  if (migrations === undefined) return existsSync(own) ? own : resolve('migrations', name);
  const named = source === undefined ? resolve(migrations) : resolve(dirname(source), migrations);
  if (existsSync(named)) return named;
  throw new StartError(
    `Plugin "${name}" names the folder ${named} for its migrations, which does not exist. Create it, or correct the path.`,
  );
}

/** Checks that plugin names are unique and none of the gateway's own: tables, migrations and targets are identified by them. */
function titlesOf(plugins: readonly Plugin[], sources: FoundationOptions['sources']): string[] {
  const taken = new Map(['gateway', 'dispatcher'].map((name) => [name, 'the gateway itself']));
  return plugins.map((plugin) => {
    const source = sources?.get(plugin);
    const title = source === undefined ? `"${plugin.name}"` : `"${plugin.name}" (${source})`;
    checkPlugin(plugin, source ?? title);
    const owner = taken.get(plugin.name);
    if (owner !== undefined) throw new StartError(`Plugin ${title}: the name is taken by ${owner}. Rename the plugin.`);
    taken.set(plugin.name, `plugin ${title}`);
    return title;
  });
}

function configure(plugin: Plugin, title: string, env: Environment): unknown {
  try {
    return plugin.configure?.(env);
  } catch (error) {
    if (isStartError(error)) throw new StartError(`Plugin ${title}: ${error.message}`);
    if (!isSettingsError(error)) throw new StartError(`Plugin ${title} failed in configure: ${stackOf(error)}`);
    throw new SettingsError(
      error.problems.map((problem) => ({ ...problem, expected: `${problem.expected} (plugin ${title})` })),
    );
  }
}
