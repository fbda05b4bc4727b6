import { dirname } from 'node:path';
import type { Dispatcher } from './dispatcher/dispatcher.ts';
import { openDispatcher } from './dispatcher/open-dispatcher.ts';
import { ApiError, StartError, stackOf } from './errors.ts';
import type { ConfiguredPlugin, Foundation } from './foundation.ts';
import type { SignInLimit } from './gateway/call/sign-in-limit.ts';
import type { Target } from './gateway/call/target.ts';
import { requireDistinct } from './gateway/call/target-registry.ts';
import { createSignInLimit } from './gateway/caller/sign-in-limit.ts';
import { createHeavyReads } from './gateway/routes/heavy-reads.ts';
import { createIdempotency, type Idempotency } from './gateway/routes/idempotency.ts';
import { createPluginTarget } from './gateway/routes/plugin-target.ts';
import { createReleases, type Releases } from './lifecycle/releases.ts';
import { repeat } from './lifecycle/repeating.ts';
import { createMetering, type Metering } from './metering/metering.ts';
import { createMetricsRegistry } from './metrics/metrics.ts';
import type { IdentityProvider, PluginBackend, PluginContext } from './plugin.ts';
import { checkSurface } from './plugin-surface.ts';
import type { PluginRemote, RemoteDeclaration } from './proxy/remote-targets.ts';
import { checkDefinition } from './proxy/targets/target-schema.ts';

export interface PluginsReady {
  /** Targets that run in this process. */
  targets: Target[];
  remotes: PluginRemote[];
  identities: IdentityProvider[];
}

/** Calls the `setup` of each plugin, in order. Throws `StartError` with the plugin's name if one fails. */
export async function setUpPlugins(
  foundation: Foundation,
  parts: {
    idempotency: Idempotency;
    dispatcher: Dispatcher;
    metering: Metering;
    signInLimit: SignInLimit;
    releases: Releases;
  },
): Promise<PluginsReady> {
  const { config, database, encryption, now, formatTime, log } = foundation;
  const ready: PluginsReady = { targets: [], remotes: [], identities: [] };
  const heavyReads = createHeavyReads();

  for (const configured of foundation.plugins) {
    const { plugin, settings, title } = configured;
    const logger = log.labelled(plugin.name);
    // Registered first, hence released last: the plugin's repeated work stops before its hooks run.
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
      onMetered: (sink) => parts.metering.addSink(sink, logger),
      every: (milliseconds, work) => parts.releases.add(repeat(milliseconds, work, logger)),
      onClose: (hook) => hooks.add(hook),
    };
    const surface = checkSurface(title, await runSetup(title, () => plugin.setup(context)));
    if (surface.remote) ready.remotes.push(toPluginRemote(configured, surface.remote));
    // Without routes it is no target: a plugin may provide identities or commands only.
    if (surface.router || surface.routes?.length) {
      const { idempotency, signInLimit } = parts;
      const target = { title, idempotency, heavyReads, signInLimit, logger, bodyLimitBytes: config.BODY_LIMIT };
      ready.targets.push(createPluginTarget(plugin, surface, target));
    }
  }
  return ready;
}

/**
 * The targets for `check`: runs `setup` against the existing database, without starting a server or a worker.
 * `declared`: the targets of the targets file. Throws `StartError` if names or prefixes conflict.
 */
export async function inspectPlugins(
  foundation: Foundation,
  declared: readonly RemoteDeclaration[] = [],
): Promise<{ targets: readonly Target[]; remotes: readonly RemoteDeclaration[] }> {
  const releases = createReleases();
  try {
    const parts = {
      idempotency: createIdempotency(foundation),
      dispatcher: openDispatcher(foundation, createMetricsRegistry()),
      metering: createMetering(foundation.log.labelled('metering')),
      signInLimit: createSignInLimit({ now: foundation.now, connections: 1 }),
      releases,
    };
    const ready = await setUpPlugins(foundation, parts);
    const remotes = [...ready.remotes, ...declared];
    requireDistinct([...ready.targets, ...remotes.map(({ settings, title }) => ({ ...settings, title }))]);
    return { targets: ready.targets, remotes };
  } finally {
    await releases.run();
  }
}

function toPluginRemote({ plugin, title, source }: ConfiguredPlugin, backend: PluginBackend): PluginRemote {
  const definition = { ...backend, prefixes: plugin.prefixes ?? [] };
  try {
    return {
      settings: checkDefinition(plugin.name, definition, dirname(source ?? '.')),
      title: `plugin ${title}`,
      summary: plugin.summary ?? '',
      errorShapes: plugin.errorShapes ?? [],
    };
  } catch (error) {
    throw new StartError(`Plugin ${title} returned an invalid remote target: ${(error as Error).message}.`);
  }
}

async function runSetup<T>(title: string, setup: () => T | Promise<T>): Promise<T> {
  try {
    return await setup();
  } catch (error) {
    if (error instanceof StartError || error instanceof ApiError)
      throw new StartError(`Plugin ${title}: ${error.message}`);
    throw new StartError(`Plugin ${title} failed in setup: ${stackOf(error)}`);
  }
}
