import { configSchema } from '../config.ts';
import { pendingMigrations } from '../database/migrations.ts';
import { createFoundation, type Foundation, type FoundationOptions } from '../foundation.ts';
import { inspectPlugins } from '../plugin-setup.ts';
import type { Environment } from '../settings.ts';
import type { CommandLine } from './command-line.ts';
import { explain } from './explain.ts';

/** `check`: settings, database, migrations, plugins and their routes, without starting anything. Exit code 1 if something is wrong. */
export async function check(options: FoundationOptions, { env, print }: CommandLine): Promise<number> {
  const foundation = createFoundation(options);
  print('settings    ok');
  for (const name of suspicious(env, foundation)) print(`settings    unknown name ${name}: is it misspelt?`);
  try {
    // Plugins are set up on a migrated database only.
    if (!(await checkDatabase(foundation, env, print))) {
      print('targets     not checked: they need the database, with its migrations');
      return 1;
    }
    for (const target of await inspectPlugins(foundation)) {
      print(`target      ${target.name}`);
      for (const { method, path, isPublic, scopes } of target.routes) {
        print(`  ${method.toUpperCase().padEnd(6)} ${path}  ${isPublic ? 'public' : scopes.join(' ')}`);
      }
    }
    return 0;
  } finally {
    await foundation.database.close();
  }
}

async function checkDatabase(
  { database, owners }: Foundation,
  env: Environment,
  print: CommandLine['print'],
): Promise<boolean> {
  try {
    await database.read((db) => db.raw('select 1'));
    const pending = await pendingMigrations(database, owners);
    print(`database    ok (${database.engine})`);
    print(pending.length === 0 ? 'migrations  ok' : `migrations  missing: ${pending.join(', ')}`);
    return pending.length === 0;
  } catch (error) {
    print(`database    failed: ${(explain(error, env) as Error).message}`);
    return false;
  }
}

const ourPrefixes =
  /^(DATABASE|DISPATCH|JWT|TOKEN|METRICS|SHUTDOWN|TLS|CORS|LOG|HOOKGATE|ENCRYPTION|MIGRATE|TRUSTED|RATE_LIMIT|READY)_/;

/** Names in the environment that begin like a setting of ours but are none. */
function suspicious(env: Environment, { plugins }: Foundation): string[] {
  const known = new Set([
    ...Object.keys(configSchema.describe().keys ?? {}),
    ...plugins.flatMap(({ settings }) => Object.keys(settings ?? {})),
  ]);
  return Object.keys(env).filter((name) => ourPrefixes.test(name) && !known.has(name));
}
