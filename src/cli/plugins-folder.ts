import { isPath } from '../plugin-sources.ts';
import type { Environment } from '../settings.ts';

/** The folder with the working directory's plugins, one in each subfolder; it may be missing. */
export const pluginsFolder = ({ PLUGINS_DIR }: Environment): string => PLUGINS_DIR || 'plugins';

/** The entries of `PLUGINS`: paths and packages. */
export const pluginEntries = ({ PLUGINS = '' }: Environment): string[] =>
  PLUGINS.split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);

/** The entries of `PLUGINS` that are paths, and no packages. */
export const pluginPaths = (env: Environment): string[] => pluginEntries(env).filter(isPath);
