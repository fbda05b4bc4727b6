import { join } from 'node:path';
import { type LoadedPlugin, loadPlugins } from '../plugin-loader.ts';
import type { Environment } from '../settings.ts';

const folder = join(import.meta.dirname, '..', '..', 'plugins');

/** Loads the plugins of the folder `plugins` and of the setting `PLUGINS`. Throws `StartError`. */
export function installedPlugins({ PLUGINS = '' }: Environment): Promise<LoadedPlugin[]> {
  const packages = PLUGINS.split(',').map((entry) => entry.trim());
  return loadPlugins(folder, packages.filter(Boolean));
}
