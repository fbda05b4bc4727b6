import type { Foundation } from '../foundation.ts';
import { inspectPlugins } from '../plugin-setup.ts';
import { createDeclaredTargets } from '../proxy/targets/declared-targets.ts';
import type { Environment } from '../settings.ts';

/** Scopes that routes of plugins and remote targets ask for, with the names of the targets. Rejects like `check`. */
export async function readAskedScopes(foundation: Foundation, env: Environment): Promise<Map<string, string[]>> {
  const { config, log } = foundation;
  const declared = createDeclaredTargets(config.TARGETS_FILE, env, log.labelled('check'));
  const title = (name: string): string => `target "${name}" (${declared.path})`;
  const { targets, remotes } = await inspectPlugins(
    foundation,
    declared.read().map((settings) => ({ settings, title: title(settings.name) })),
  );
  const asked = [
    ...targets.map(({ name, routes, routerScopes = [] }) => ({
      name,
      scopes: [...routes.flatMap(({ isPublic, scopes }) => (isPublic ? [] : scopes)), ...routerScopes],
    })),
    ...remotes.map(({ settings }) => ({ name: settings.name, scopes: settings.public ? [] : settings.scopes })),
  ];
  const found = new Map<string, string[]>();
  for (const { name, scopes } of asked)
    for (const scope of new Set(scopes)) found.set(scope, [...(found.get(scope) ?? []), name]);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
