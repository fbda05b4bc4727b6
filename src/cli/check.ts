import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Config, configSchema } from '../config.ts';
import { databasePlace } from '../database/database-place.ts';
import { migrationState } from '../database/migrations.ts';
import { withoutEffects } from '../database/without-effects.ts';
import { requireEncryptionKeys } from '../encryption/encryption-check.ts';
import { isStartError } from '../errors.ts';
import { createFoundation, type Foundation, type FoundationOptions } from '../foundation.ts';
import type { Target } from '../gateway/call/target.ts';
import { notServed } from '../metrics/metrics.ts';
import { inspectPlugins } from '../plugin-setup.ts';
import type { RemoteDeclaration } from '../proxy/remote-targets.ts';
import { createDeclaredTargets } from '../proxy/targets/declared-targets.ts';
import { TargetsFileError } from '../proxy/targets/targets-file.ts';
import type { Environment } from '../settings.ts';
import type { RemoteTargetSettings } from '../target-definition.ts';
import { checkTls } from './check-tls.ts';
import type { CommandLine } from './command-line.ts';
import { explain } from './explain.ts';
import { requireFreePort } from './free-port.ts';
import { newerNote } from './migrate.ts';
import { describeNode } from './node-check.ts';

type Print = CommandLine['print'];

/**
 * `check`: validates settings, ports, TLS certificate, targets file, database, migrations, keys and plugins with the steps of a
 * start, and lists all routes, without starting a server. It creates and changes nothing. Resolves to exit code 1 if a check
 * fails.
 */
export async function check(options: FoundationOptions, { env, print }: CommandLine): Promise<number> {
  for (const text of describeNode()) print(`node        ${text}`);
  const foundation = createFoundation({ ...options, access: 'look' });
  const { config, database } = foundation;
  print('settings    ok');
  for (const name of unknownNames(env, foundation)) print(`settings    unknown name ${name} (misspelled?)`);
  if (env.WORKERS && config.WORKERS === 1 && env.WORKERS !== '1') print('settings    WORKERS is 1 on SQLite');
  try {
    const isServed = checkTls(foundation, print);
    const isFree = await checkPorts(config, env, print);
    const declared = checkTargetsFile(foundation, env, print);
    // The `setup` of a plugin relies on a migrated database.
    if (!(await checkDatabase(foundation, env, print))) {
      print('targets     not checked: requires a database with all migrations and its key');
      return 1;
    }
    const { targets, remotes } = await inspectPlugins({ ...foundation, database: withoutEffects(database) }, declared);
    for (const target of targets) printTarget(target, print);
    for (const { settings } of remotes) printRemote(settings, print);
    return declared && isServed && isFree ? 0 : 1;
  } finally {
    await database.close();
  }
}

/** A port in use is no failure: the gateway itself may be running. */
async function checkPorts(config: Readonly<Config>, env: Environment, print: Print): Promise<boolean> {
  const { HOST, PORT, METRICS_HOST, METRICS_PORT } = config;
  const metricsPlace = `${METRICS_HOST}:${METRICS_PORT}`;
  const ports = [
    { name: 'PORT', host: HOST, port: PORT, failure: (error: unknown) => explain(error, env) },
    {
      name: 'METRICS_PORT',
      host: METRICS_HOST,
      port: METRICS_PORT,
      failure: (error: unknown) => notServed(metricsPlace, error),
    },
  ];
  let isFree = true;
  for (const { name, host, port, failure } of ports) {
    try {
      await requireFreePort(host, port);
    } catch (error) {
      const isInUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      isFree &&= isInUse;
      if (isInUse) print(`ports       ${name}: ${host}:${port} is in use, by a running gateway or another program`);
      else print(`ports       failed: ${(failure(error) as Error).message}`);
    }
  }
  if (PORT === 0 || PORT !== METRICS_PORT || HOST !== METRICS_HOST) return isFree;
  print(`ports       failed: PORT and METRICS_PORT are both ${PORT}. Set another METRICS_PORT, or 0 to disable it.`);
  return false;
}

/** Undefined if the file is invalid. */
function checkTargetsFile(
  { config, log }: Foundation,
  env: Environment,
  print: Print,
): RemoteDeclaration[] | undefined {
  const { path, read } = createDeclaredTargets(config.TARGETS_FILE, env, log.labelled('check'));
  try {
    const declared = read();
    if (declared.length > 0) print(`remote      ok (${path})`);
    return declared.map((settings) => ({ settings, title: `target "${settings.name}" (${path})` }));
  } catch (error) {
    if (!(error instanceof TargetsFileError)) throw error;
    print(`remote      failed: ${error.message}`);
    return undefined;
  }
}

function printTarget({ name, routes }: Target, print: Print): void {
  print(`target      ${name}`);
  for (const { method, path, isPublic, scopes } of routes)
    print(`  ${method.toUpperCase().padEnd(6)} ${path}  ${isPublic ? 'public' : scopes.join(' ')}`);
}

function printRemote(settings: RemoteTargetSettings, print: Print): void {
  print(`target      ${settings.name}  ${settings.public ? 'public' : settings.scopes.join(' ')}`.trimEnd());
  for (const prefix of settings.prefixes) print(`  prefix   ${prefix}`);
  for (const host of settings.hosts ?? []) print(`  host     ${host}`);
  for (const origin of settings.upstreams) print(`  upstream ${origin}`);
}

async function checkDatabase(
  { config, database, encryption, owners }: Foundation,
  env: Environment,
  print: Print,
): Promise<boolean> {
  try {
    if (database.file) requireWritable(database.file);
    if (database.file && !existsSync(database.file)) {
      print(`database    none yet: the first start creates ${database.file}`);
      return false;
    }
    await database.read((db) => db.raw('select 1'));
    print(`database    ok (${database.engine}, ${databasePlace(config.DATABASE_URL)})`);
    const { pending, newer, problems } = await migrationState(database, owners);
    for (const problem of problems) print(`migrations  failed: ${problem}`);
    if (pending.length > 0) print(`migrations  missing: ${pending.join(', ')}`);
    if (newer.length > 0) print(`migrations  ${newerNote(newer)}`);
    if (problems.length + pending.length === 0) print('migrations  ok');
    const hasKey = await checkKey({ database, encryption }, print);
    return hasKey && problems.length + pending.length === 0;
  } catch (error) {
    const cause = explain(error, env);
    if (!isStartError(cause)) throw cause;
    print(`database    failed: ${cause.message}`);
    return false;
  }
}

/** Throws the system's error if the file cannot be written, or the folder in which it would be created. */
function requireWritable(file: string): void {
  if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  let folder = dirname(file);
  while (!existsSync(folder)) folder = dirname(folder);
  accessSync(folder, constants.W_OK | constants.X_OK);
}

/** The step of the start, with its sentence; a new key is not recorded. */
async function checkKey({ database, encryption }: Pick<Foundation, 'database' | 'encryption'>, print: Print) {
  const isRecorded = await database.read((db) => db.schema.hasTable('gateway_encryption_checks'));
  if (!isRecorded) return true;
  try {
    await requireEncryptionKeys(database, encryption);
    print('encryption  ok');
    return true;
  } catch (error) {
    if (!isStartError(error)) throw error;
    print(`encryption  failed: ${error.message}`);
    return false;
  }
}

const settingPrefixes =
  /^(DATABASE|DISPATCH|JWT|TOKEN|METRICS|SHUTDOWN|TLS|CORS|LOG|HOOKGATE|ENCRYPTION|MIGRATE|TRUSTED|RATE_LIMIT|READY|TARGETS|MAX)_/;

/** Environment variables with the prefix of a setting that are no known setting. */
function unknownNames(env: Environment, { plugins }: Foundation): string[] {
  const known = new Set([
    ...Object.keys(configSchema.describe().keys ?? {}),
    ...plugins.flatMap(({ settings }) => Object.keys(settings ?? {})),
  ]);
  return Object.keys(env).filter((name) => settingPrefixes.test(name) && !known.has(name));
}
