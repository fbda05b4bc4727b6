import { type Plugin, pluginApiVersion } from '../../plugin.ts';
import type { Target } from '../call/target.ts';
import { createPluginTarget, type PluginTargetParts } from '../routes/plugin-target.ts';
import type { TargetFigures } from './target-figures.ts';
import { createTargetRoutes } from './target-routes.ts';

export interface AdminTargetParts extends Omit<PluginTargetParts, 'title' | 'servePages'> {
  readTargets: () => Promise<readonly TargetFigures[]>;
}

const tags = { Gateway: 'The gateway itself: its targets, and how they do.' };

const plugin: Plugin = {
  name: 'gateway',
  apiVersion: pluginApiVersion,
  summary: 'The gateway itself, for operators.',
  setup: () => ({ routes: [] }),
};

/** The target `gateway`: calls about the gateway itself. It is made like the target of a plugin. */
export function createAdminTarget({ readTargets, ...parts }: AdminTargetParts): Target {
  const routes = createTargetRoutes({ readTargets }).map((route) => ({ ...route, tag: 'Gateway' }));
  const target = createPluginTarget(plugin, { routes, tags }, { ...parts, title: '"gateway"' });
  return { ...target, title: 'the gateway itself' };
}
