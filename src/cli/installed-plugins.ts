import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from '../errors.ts';
import { type LoadedPlugin, loadSources } from '../plugin-loader.ts';
import { sourceOf, sourcesIn, statsOf } from '../plugin-sources.ts';
import type { Environment } from '../settings.ts';
import { pluginEntries, pluginsFolder } from './plugins-folder.ts';

const included = join(import.meta.dirname, '..', '..', 'plugins');

/**
 * Loads the included plugins, then the folders of `PLUGINS_DIR` and the entries of `PLUGINS`. In a checkout the first two are one
 * folder. Throws `StartError`.
 */
export async function installedPlugins(env: Environment): Promise<LoadedPlugin[]> {
  const { PLUGINS_DIR } = env;
  const folder = resolve(pluginsFolder(env));
  const stats = statsOf(folder);
  if (PLUGINS_DIR && !stats?.isDirectory())
    throw new StartError(
      `PLUGINS_DIR is ${PLUGINS_DIR}, and there is no folder ${folder}. Create it, or correct PLUGINS_DIR.`,
    );
  const isOther = stats?.isDirectory() && realpathSync(folder) !== realpathSync(included);
  return loadSources([
    ...sourcesIn(included),
    ...(isOther ? sourcesIn(folder) : []),
    ...pluginEntries(env).map(sourceOf),
  ]);
}
