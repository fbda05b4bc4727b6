import type { Plugin } from '../../plugin.ts';
import { covers } from '../call/target-registry.ts';

/** The declared form of a plugin's path: aliases of prefixes are replaced, and an ignored slash at the end is removed. */
export function createPathReader(plugin: Pick<Plugin, 'prefixAliases' | 'trailingSlashes'>): (path: string) => string {
  const aliases = Object.entries(plugin.prefixAliases ?? {});
  const slashed = plugin.trailingSlashes ?? [];
  const withPrefix = (path: string): string => {
    const [alias, prefix] = aliases.find(([each]) => covers(each, path)) ?? [];
    return alias === undefined ? path : `${prefix}${path.slice(alias.length)}`;
  };
  return (sent) => {
    const path = withPrefix(sent);
    return path.endsWith('/') && slashed.some((prefix) => covers(prefix, path)) ? path.slice(0, -1) : path;
  };
}
