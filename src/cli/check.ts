import { configSchema } from '../config.ts';
import { migrationState } from '../database/migrations.ts';
import { createFoundation, type Foundation, type FoundationOptions } from '../foundation.ts';
import type { Target } from '../gateway/call/target.ts';
import { inspectPlugins } from '../plugin-setup.ts';
import type { RemoteDeclaration } from '../proxy/remote-targets.ts';
import { createDeclaredTargets } from '../proxy/targets/declared-targets.ts';
import { TargetsFileError } from '../proxy/targets/targets-file.ts';
import type { Environment } from '../settings.ts';
import type { RemoteTargetSettings } from '../target-definition.ts';
import { checkTls } from './check-tls.ts';
import type { CommandLine } from './command-line.ts';
import { explain } from './explain.ts';
import { newerNote } from './migrate.ts';
import { describeNode } from './node-check.ts';

/**
 * `check`: validates settings, TLS certificate, targets file, database, migrations and plugins, and lists all routes, without starting a
 * server. Resolves to exit code 1 if a check fails.
 */
export async function check(options: FoundationOptions, { env, print }: CommandLine): Promise<number> {
  for (const text of describeNode()) print(`node        ${text}`);
  const foundation = createFoundation(options);
  print('settings    ok');
  for (const name of unknownNames(env, foundation)) print(`settings    unknown name ${name} (misspelled?)`);
  try {
    const isServed = checkTls(foundation, print);
    const declared = checkTargetsFile(foundation, env, print);
    // The `setup` of a plugin relies on a migrated database.
    if (!(await checkDatabase(foundation, env, print))) {
      print('targets     not checked: requires a migrated database');
      return 1;
    }
    const { targets, remotes } = await inspectPlugins(foundation, declared);
    for (const target of targets) printTarget(target, print);
    for (const { settings } of remotes) printRemote(settings, print);
    return declared && isServed ? 0 : 1;
  } finally {
    await foundation.database.close();
  }
}

/** Undefined if the file is invalid. */
function checkTargetsFile(
  { config, log }: Foundation,
  env: Environment,
  print: CommandLine['print'],
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

function printTarget({ name, routes }: Target, print: CommandLine['print']): void {
  print(`target      ${name}`);
  for (const { method, path, isPublic, scopes } of routes)
    print(`  ${method.toUpperCase().padEnd(6)} ${path}  ${isPublic ? 'public' : scopes.join(' ')}`);
}

function printRemote(settings: RemoteTargetSettings, print: CommandLine['print']): void {
  print(`target      ${settings.name}  ${settings.public ? 'public' : settings.scopes.join(' ')}`.trimEnd());
  for (const prefix of settings.prefixes) print(`  prefix   ${prefix}`);
  for (const host of settings.hosts ?? []) print(`  host     ${host}`);
  for (const origin of settings.upstreams) print(`  upstream ${origin}`);
}

async function checkDatabase(
  { database, owners }: Foundation,
  env: Environment,
  print: CommandLine['print'],
): Promise<boolean> {
  try {
    await database.read((db) => db.raw('select 1'));
    const { pending, newer, problems } = await migrationState(database, owners);
    print(`database    ok (${database.engine})`);
    for (const problem of problems) print(`migrations  failed: ${problem}`);
    if (pending.length > 0) print(`migrations  missing: ${pending.join(', ')}`);
    if (newer.length > 0) print(`migrations  ${newerNote(newer)}`);
    if (problems.length + pending.length > 0) return false;
    print('migrations  ok');
    return true;
  } catch (error) {
    print(`database    failed: ${(explain(error, env) as Error).message}`);
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
