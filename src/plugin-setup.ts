import type { Dispatcher } from './dispatcher/dispatcher.ts';
import { openDispatcher } from './dispatcher/open.ts';
import { ApiError, StartError, stackOf } from './errors.ts';
import type { Foundation } from './foundation.ts';
import { createIdempotency, type Idempotency } from './gateway/idempotency.ts';
import { createPluginTarget } from './gateway/plugin-target.ts';
import type { Target } from './gateway/target.ts';
import { createTargetRegistry } from './gateway/target-registry.ts';
import { createMetricsRegistry } from './metrics.ts';
import type { IdentityProvider, PluginContext } from './plugin.ts';
import { checkSurface } from './plugin-surface.ts';
import { createReleases, type Releases } from './releases.ts';
import { repeat } from './repeating.ts';

export interface PluginsReady {
  targets: Target[];
  identities: IdentityProvider[];
}

/** Calls every plugin's `setup`, in order. What a plugin does wrong stops the start with its name. */
export async function setUpPlugins(
  foundation: Foundation,
  parts: { idempotency: Idempotency; dispatcher: Dispatcher; releases: Releases },
): Promise<PluginsReady> {
  const { config, database, encryption, now, formatTime, log } = foundation;
  const ready: PluginsReady = { targets: [], identities: [] };

  for (const { plugin, settings, title } of foundation.plugins) {
    const logger = log.labelled(plugin.name);
    // Added before anything else of the plugin, so that its repeated work has ended when its hooks run.
    const hooks = createReleases();
    parts.releases.add(() => hooks.run());
    const context: PluginContext = {
      settings,
      logger,
      database,
      encryption,
      dispatcher: parts.dispatcher,
      now,
      formatTime,
      provideIdentity: (provider) => void ready.identities.push(provider),
      every: (milliseconds, work) => parts.releases.add(repeat(milliseconds, work, logger)),
      onClose: (hook) => hooks.add(hook),
    };
    const surface = checkSurface(title, await settingUp(title, () => plugin.setup(context)));
    // A plugin may exist for its identities or commands alone.
    if (surface.router || surface.routes?.length) {
      const target = { title, idempotency: parts.idempotency, logger, bodyLimitBytes: config.BODY_LIMIT };
      ready.targets.push(createPluginTarget(plugin, surface, target));
    }
  }
  return ready;
}

/** The targets as `check` shows them: set up against the database as it is, with nothing running and nothing to answer. */
export async function inspectPlugins(foundation: Foundation): Promise<readonly Target[]> {
  const releases = createReleases();
  try {
    const parts = {
      idempotency: createIdempotency(foundation),
      dispatcher: openDispatcher(foundation, createMetricsRegistry()),
      releases,
    };
    const { targets } = await setUpPlugins(foundation, parts);
    return createTargetRegistry(targets).targets;
  } finally {
    await releases.run();
  }
}

async function settingUp<T>(title: string, setup: () => T | Promise<T>): Promise<T> {
  try {
    return await setup();
  } catch (error) {
    if (error instanceof StartError || error instanceof ApiError)
      throw new StartError(`Plugin ${title}: ${error.message}`);
    throw new StartError(`Plugin ${title} failed in setup: ${stackOf(error)}`);
  }
}
