import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { type Clock, createSystemClock, createTimeFormat } from './clock.ts';
import { type Config, loadConfig } from './config.ts';
import { type Database, openDatabase } from './database/database.ts';
import type { MigrationOwner } from './database/migrations.ts';
import { createEncryption, type Encryption } from './encryption.ts';
import { loadEncryptionKeys } from './encryption-keys.ts';
import { createLogOutput, type LogOutput } from './logger.ts';
import type { Plugin } from './plugin.ts';
import { type Environment, readAll } from './settings.ts';

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
}

export interface FoundationOptions {
  env: Environment;
  plugins: readonly Plugin[];
  now?: Clock | undefined;
  logSink?: Writable | undefined;
}

const migrationsFolder = join(import.meta.dirname, '..', 'migrations');

/** Reads all settings (throws one `SettingsError` for everything that is wrong) and opens the database lazily. */
export function createFoundation({ env, plugins, now = createSystemClock(), logSink }: FoundationOptions): Foundation {
  const [config, ...settings] = readAll([
    () => loadConfig(env),
    ...plugins.map((plugin) => () => plugin.configure?.(env)),
  ] as const);
  const database = openDatabase(config);
  return {
    config,
    log: createLogOutput(config, logSink),
    now,
    formatTime: createTimeFormat(config.TIME_ZONE),
    encryption: createEncryption(loadEncryptionKeys(config, database.file)),
    database,
    plugins: plugins.map((plugin, index) => ({ plugin, settings: settings[index] })),
    owners: [
      { name: 'gateway', directory: join(migrationsFolder, 'gateway') },
      ...plugins.map(({ name, migrations }) => ({ name, directory: migrations ?? join(migrationsFolder, name) })),
    ],
  };
}
