import { dirname, resolve } from 'node:path';
import type { Dispatcher } from './dispatcher/dispatcher.ts';
import { openDispatcher } from './dispatcher/open-dispatcher.ts';
import { isApiError, isStartError, StartError, stackOf } from './errors.ts';
import type { ConfiguredPlugin, Foundation } from './foundation.ts';
import { createAdminTarget } from './gateway/admin/admin-target.ts';
import { createTargetReader, type TargetReader } from './gateway/admin/target-reader.ts';
import type { SignInLimit } from './gateway/call/sign-in-limit.ts';
import type { Target } from './gateway/call/target.ts';
import { requireDistinct } from './gateway/call/target-registry.ts';
import { type Bearer, createBearer } from './gateway/caller/bearer.ts';
import { createOutsideIssuer } from './gateway/caller/outside-issuer.ts';
import { createSignInLimit } from './gateway/caller/sign-in-limit.ts';
import { createPluginPages, type ServedPages } from './gateway/pages/plugin-pages.ts';
import { createHeavyReads } from './gateway/routes/heavy-reads.ts';
import { createIdempotency, type Idempotency } from './gateway/routes/idempotency.ts';
import { createPluginTarget } from './gateway/routes/plugin-target.ts';
import { createReleases, type Releases } from './lifecycle/releases.ts';
import { repeat } from './lifecycle/repeating.ts';
import { type Logger, writeLastLine } from './logger.ts';
import { createMetering, type Metering } from './metering/metering.ts';
import { createMetricsRegistry } from './metrics/metrics.ts';
import type { IdentityProvider, PluginBackend, PluginContext, PluginPages } from './plugin.ts';
import { checkSurface } from './plugin-surface.ts';
import { createForwarded } from './proxy/headers/forwarded.ts';
import type { PluginRemote, RemoteDeclaration } from './proxy/remote-targets.ts';
import { checkDefinition } from './proxy/targets/target-schema.ts';
import { createPublishing, type PluginEvent } from './publishing.ts';
import { createSessions } from './sessions.ts';
import { awaitStep } from './slow-start.ts';
import { version } from './version.ts';

export interface PluginsReady {
  /** Targets that run in this process. */
  targets: Target[];
  remotes: PluginRemote[];
  identities: IdentityProvider[];
  /** Accepts the tokens of the plugins, and of the outside issuer. */
  bearer: Bearer;
  /** Pages of the plugins, still to be opened. */
  pages: ServedPages[];
}

/** Calls the `setup` of each plugin, in order, and adds the gateway's own target. Throws `StartError` with the plugin's name if one fails. */
export async function setUpPlugins(
  foundation: Foundation,
  parts: {
    idempotency: Idempotency;
    dispatcher: Dispatcher;
    metering: Metering;
    signInLimit: SignInLimit;
    releases: Releases;
    /** Figures for the gateway's own target. */
    targets: Pick<TargetReader, 'readTargets'>;
    /** Sees published events after their commit, and makes a publisher unnecessary. */
    onPublished?: ((event: PluginEvent) => void) | undefined;
  },
): Promise<PluginsReady> {
  const { config, database, encryption, now, formatTime, log } = foundation;
  const ready: Omit<PluginsReady, 'bearer'> = { targets: [], remotes: [], identities: [], pages: [] };
  const heavyReads = createHeavyReads();
  const wayOf = createForwarded(config.TRUSTED_PROXIES);
  const { idempotency, signInLimit, targets } = parts;
  const common = { idempotency, wayOf, heavyReads, signInLimit, bodyLimitBytes: config.BODY_LIMIT };
  const { sessions, provideSessions } = createSessions();
  const { publish, providePublisher } = createPublishing(parts.onPublished);
  const bearer = Promise.withResolvers<Bearer>();

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
      version,
      sessions,
      verifyToken: async (token) => (await (await bearer.promise).verify(token)).principal,
      provideIdentity: (provider) => {
        ready.identities.push(provider);
        if (provider.sessions) provideSessions(provider.sessions, title);
      },
      publish,
      providePublisher: (publisher) => providePublisher(publisher, title),
      onMetered: (sink) => parts.metering.addSink(sink, logger),
      every: (milliseconds, work) => parts.releases.add(repeat(milliseconds, work, logger)),
      onClose: (hook) => hooks.add(hook),
    };
    const surface = checkSurface(title, await runSetup(title, logger, () => plugin.setup(context)));
    if (surface.remote) ready.remotes.push(toPluginRemote(configured, surface.remote));
    // Without routes it is no target: a plugin may provide identities or commands only.
    if (surface.router || surface.pages || surface.routes?.length) {
      const pages = surface.pages && toServedPages(configured, surface.pages, log.labelled('gateway'));
      if (pages) ready.pages.push(pages);
      ready.targets.push(createPluginTarget(plugin, surface, { ...common, title, logger, servePages: pages?.serve }));
    }
  }
  requireOneFront(ready.pages);
  ready.targets.push(createAdminTarget({ ...common, logger: log.labelled('gateway'), ...targets }));
  const accepted = acceptTokens(foundation, ready.identities);
  bearer.resolve(accepted);
  return { ...ready, bearer: accepted };
}

function acceptTokens({ config, log, now }: Foundation, identities: readonly IdentityProvider[]): Bearer {
  const outside = createOutsideIssuer(config, now, log.labelled('gateway'));
  const issuers = [...identities.map(({ issuer }) => issuer), outside].filter((issuer) => issuer !== undefined);
  return createBearer(issuers, now, config.JWT_LEEWAY_S);
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
      targets: createTargetReader(undefined),
    };
    const ready = await setUpPlugins(foundation, parts);
    const remotes = [...ready.remotes, ...declared];
    requireDistinct([...ready.targets, ...remotes.map(({ settings, title }) => ({ ...settings, title }))]);
    return { targets: ready.targets, remotes };
  } finally {
    await releases.run();
  }
}

const toServedPages = ({ source }: ConfiguredPlugin, pages: PluginPages, logger: Logger): ServedPages =>
  createPluginPages({ pages, folder: resolve(dirname(source ?? '.'), pages.folder), logger });

function requireOneFront(pages: readonly ServedPages[]): void {
  const prefixes = pages.filter(({ isFront }) => isFront).map(({ prefix }) => prefix);
  if (prefixes.length > 1)
    throw new StartError(
      `Pages of several plugins have isFront: ${prefixes.join(', ')}. Browsers are led to one of them.`,
    );
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

async function runSetup<T>(title: string, logger: Logger, setup: () => T | Promise<T>): Promise<T> {
  try {
    return await awaitStep(setup, {
      onSlow: (seconds) => logger.warn('setup has not ended yet', { seconds }),
      onStuck: () => writeLastLine(`Plugin ${title} failed in setup: it awaits a promise that never settles.`),
    });
  } catch (error) {
    if (isStartError(error) || isApiError(error)) throw new StartError(`Plugin ${title}: ${error.message}`);
    throw new StartError(`Plugin ${title} failed in setup: ${stackOf(error)}`);
  }
}
