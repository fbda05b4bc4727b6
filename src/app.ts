import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { splitPool } from './database/database.ts';
import { createMigrationWatch, type MigrationState, migrate } from './database/migrations.ts';
import { lockServer } from './database/server-lock.ts';
import { openDispatcher } from './dispatcher/open-dispatcher.ts';
import { checkEncryptionKey } from './encryption/encryption-check.ts';
import { overloaded, StartError } from './errors.ts';
import { createFoundation, type Foundation, type FoundationOptions } from './foundation.ts';
import { createTargetReader, type TargetReader } from './gateway/admin/target-reader.ts';
import { createErrorHandler } from './gateway/call/error-handler.ts';
import type { SignInLimit } from './gateway/call/sign-in-limit.ts';
import type { TargetRegistry } from './gateway/call/target-registry.ts';
import { createAuthenticate, createVerifyAgain } from './gateway/caller/authenticate.ts';
import type { Bearer } from './gateway/caller/bearer.ts';
import { createOriginCheck } from './gateway/caller/origin-check.ts';
import { createReauthentication } from './gateway/caller/reauthentication.ts';
import { createSignInLimit } from './gateway/caller/sign-in-limit.ts';
import { createAccessLog } from './gateway/entry/access-log.ts';
import { createClientAddress } from './gateway/entry/client-address.ts';
import { createConnectionNetwork } from './gateway/entry/connection-network.ts';
import { createCors } from './gateway/entry/cors.ts';
import { createFullLog } from './gateway/entry/full-log.ts';
import { createGatewayMetrics } from './gateway/entry/gateway-metrics.ts';
import { createGateway, createOwnPagesEntry } from './gateway/gateway.ts';
import { createRateLimit, type LimitRate } from './gateway/limits/rate-limit.ts';
import { openSharedRateCounts } from './gateway/limits/shared-rate-counts.ts';
import { createDocsPages, docsLinks } from './gateway/pages/docs-pages.ts';
import { createFrontPage, type FrontPages } from './gateway/pages/front-page.ts';
import { createOwnPages, healthLinks } from './gateway/pages/own-pages.ts';
import { createReadiness, type Readiness } from './gateway/pages/readiness.ts';
import { createIdempotency } from './gateway/routes/idempotency.ts';
import { type BufferLimits, createBufferBudget, defaultBufferLimits } from './gateway/server/buffer-budget.ts';
import { createGatewayServer, type ServerLimits } from './gateway/server/server.ts';
import type { UpgradeListener } from './gateway/server/upgraded-sockets.ts';
import { createUpgrade } from './gateway/upgrade.ts';
import { createReleases, type Releases } from './lifecycle/releases.ts';
import { repeat } from './lifecycle/repeating.ts';
import type { Logger } from './logger.ts';
import { createMetering } from './metering/metering.ts';
import { measureReadiness, measureRedis } from './metrics/health-metrics.ts';
import { createMetricsRegistry, serveMetrics } from './metrics/metrics.ts';
import { registerOwnMetrics } from './metrics/own-metrics.ts';
import { watchOutages } from './outage-watch.ts';
import type { IdentityProvider } from './plugin.ts';
import { setUpPlugins } from './plugin-setup.ts';
import { programName } from './program-name.ts';
import { createForwarded } from './proxy/headers/forwarded.ts';
import { openProxy } from './proxy/open-proxy.ts';
import { createDeclaredTargets } from './proxy/targets/declared-targets.ts';
import type { PluginEvent } from './publishing.ts';
import { joinProcesses } from './running-processes.ts';
import { checkTlsFiles, openTls } from './tls/open-tls.ts';
import { version } from './version.ts';
import { systemSharesPorts } from './workers/shared-port.ts';
import type { WorkerLink } from './workers/worker-link.ts';

export interface App {
  readonly handler: RequestListener;
  readonly registry: TargetRegistry;
  readonly identities: readonly IdentityProvider[];
  readonly foundation: Foundation;
  /** The pages that browsers are led to from `/`, if a plugin has such. */
  readonly front: FrontPages | undefined;
  /** Listens on `HOST` and `PORT`. */
  start(): Promise<AddressInfo>;
  /**
   * Reloads the targets file and the TLS certificate. Returns false if one of them is invalid: the old one stays, and the log
   * has the reason.
   */
  reload(): boolean;
  /** Ends requests in flight, then releases every resource, newest first. Idempotent. */
  close(): Promise<void>;
}

export interface AppOptions extends FoundationOptions {
  /** Link to the primary, in a worker process. */
  link?: WorkerLink | undefined;
  /** Limits of the HTTP server and of its buffers, for tests that reach them. */
  serverLimits?: Partial<ServerLimits & BufferLimits> | undefined;
  /** Creates the tables, for tests that copy them. */
  migrate?: typeof migrate | undefined;
  /** Sees events that plugins publish, after their commit, and makes a publisher unnecessary: for tests. */
  onPublished?: ((event: PluginEvent) => void) | undefined;
}

const purgeIntervalMs = 10 * 60_000;

/** Builds the gateway; no other function wires its parts. Rejects with `StartError` or `SettingsError`. */
export async function createApp(options: AppOptions): Promise<App> {
  const foundation = createFoundation({ ...options, checkSettings: checkTlsFiles(options.now) });
  const { config, log, database, encryption, now, owners } = foundation;
  const onlyDelivers = config.ROLE === 'dispatcher';
  const declared = createDeclaredTargets(config.TARGETS_FILE, options.env, log.labelled('proxy'));
  const first = declared.read();
  const tls = openTls(config, { logger: log.labelled('gateway'), now, ticketSeed: options.link?.ticketSeed });
  const releases = createReleases();
  releases.add(() => log.flush());
  releases.add(() => database.close());

  try {
    if (database.file) releases.add(await lockServer(database.file, config.SHUTDOWN_TIMEOUT_MS));
    const readMigrations = await createMigrationWatch(database, owners);
    if (config.MIGRATE_ON_START) await (options.migrate ?? migrate)(database, owners);
    requireMigrated(await readMigrations(), log.labelled('gateway'));
    // Recorded before the keys are checked: "keys reencrypt" forgets a key first and looks for processes with it then.
    releases.add(await joinProcesses(database, config.ROLE, log.labelled('gateway'), encryption.keyIds));
    await checkEncryptionKey(database, encryption);
    const outages = watchOutages({ database, logger: log.labelled('database') });
    releases.add(() => outages.stop());

    const idempotency = createIdempotency({ database, encryption, now });
    if (!onlyDelivers) releases.add(repeat(purgeIntervalMs, () => idempotency.purge(), log.labelled('gateway')));
    const metrics = createMetricsRegistry();
    tls?.measure(metrics);
    if (config.METRICS_PORT !== 0) releases.add(registerOwnMetrics(metrics, { version, role: config.ROLE, outages }));
    const dispatcher = openDispatcher(foundation, metrics);
    const metering = createMetering(log.labelled('metering'));
    const signInLimit = createSignInLimit({ now, connections: splitPool(config.DATABASE_POOL_MAX).callers });
    const targets = createTargetReader(options.link);
    const { onPublished } = options;
    const used = { idempotency, dispatcher, metering, signInLimit, releases, targets, onPublished };
    const { targets: local, remotes: ofPlugins, pages, ...issuers } = await setUpPlugins(foundation, used);
    if (!onlyDelivers) await Promise.all(pages.map((each) => each.open()));
    const proxy = openProxy(foundation, { declared, first, local, ofPlugins, count: metering.count });
    releases.add(() => proxy.close());
    const { registry } = proxy;
    const readiness = createReadiness(database.reserved, async () => (await readMigrations()).pending.length === 0, {
      storage: async () => outages.outage !== 'unwritable',
      ...(onlyDelivers ? { lag: () => dispatcher.keepsUp() } : {}),
    });
    const limitRate = await openRateLimit(foundation, metrics, releases);
    const onFull = createFullLog(log.labelled('gateway'));
    const budget = createBufferBudget({ ...defaultBufferLimits, ...options.serverLimits }, (ofStranger) =>
      onFull(ofStranger ? 'bodies of callers without credentials' : 'bytes buffered for and from clients'),
    );
    const admit = createAdmission(budget);
    const front = pages.find(({ isFront }) => isFront);
    const common = { registry, targets, readiness, front, signInLimit, limitRate, metrics, admit, releases };
    const { handler, upgrade } = createListeners(foundation, { ...issuers, ...common });
    const serverLimits = { keepAliveTimeout: config.KEEP_ALIVE_TIMEOUT_MS, ...options.serverLimits };
    const server = createGatewayServer(handler, serverLimits, upgrade, {
      networkOf: createConnectionNetwork(config.TRUSTED_PROXIES),
      onFull: (network) => onFull(network === undefined ? 'connections' : 'connections of one network', network),
      onUnfinished: () => onFull('connections without a TLS handshake'),
      budget,
      tls: tls?.context(),
    });

    return {
      handler,
      registry,
      identities: issuers.identities,
      foundation,
      front: onlyDelivers ? undefined : front,
      start: async () => {
        if (options.link) options.link.giveMetrics(metrics);
        else releases.add(await serveMetrics(config, metrics));
        dispatcher.refusePort(config.METRICS_PORT);
        releases.add(() => dispatcher.stop());
        await dispatcher.start();
        metering.start();
        releases.add(() => metering.stop());
        if (!onlyDelivers) releases.add(proxy.start());
        if (tls) releases.add(tls.follow(server.exchangeTls));
        const address = await server.listen(config.PORT, config.HOST, {
          reusePort: options.link !== undefined && systemSharesPorts,
        });
        dispatcher.refusePort(address.port);
        releases.add(async () => {
          readiness.stopping = true;
          await sleep(config.SHUTDOWN_DELAY_MS);
          await server.stop(config.SHUTDOWN_TIMEOUT_MS);
        });
        return address;
      },
      reload: () => {
        const isServed = tls?.reload() ?? true;
        return proxy.reload() && isServed;
      },
      close: () => releases.run(),
    };
  } catch (error) {
    // The first error explains the failed start; a failed release after it does not.
    await releases.run().catch(() => undefined);
    throw error;
  }
}

/** Refuses new requests while the bytes buffered for clients leave no room. */
const createAdmission = (budget: { hasRoom(): boolean }) => (): void => {
  if (!budget.hasRoom()) throw overloaded();
};

/** Listeners of the HTTP server: the gateway's, or with `ROLE=dispatcher` the own pages alone. */
function createListeners(
  { config, log, now }: Foundation,
  parts: {
    registry: TargetRegistry;
    targets: TargetReader;
    identities: readonly IdentityProvider[];
    bearer: Bearer;
    readiness: Readiness;
    front: FrontPages | undefined;
    signInLimit: SignInLimit;
    limitRate: LimitRate;
    metrics: Registry;
    admit: () => void;
    releases: Releases;
  },
): { handler: RequestListener; upgrade?: UpgradeListener } {
  const { registry, targets, identities, bearer, readiness, front, signInLimit, limitRate, metrics } = parts;
  const { admit, releases } = parts;
  const logger = log.labelled('gateway');
  measureReadiness(metrics, readiness);
  const measure = createGatewayMetrics(metrics, () => registry.targets);
  targets.follow(registry, measure.recentCalls);
  const entry = {
    setClientAddress: createClientAddress(config.TRUSTED_PROXIES, logger),
    logAccess: createAccessLog(log),
    measure,
    answerError: createErrorHandler(logger, registry),
  };
  if (config.ROLE === 'dispatcher')
    return { handler: createOwnPagesEntry({ ...entry, answerOwnPage: createOwnPages(readiness) }) };

  const { JWT_LEEWAY_S: leewaySeconds } = config;
  const authenticate = createAuthenticate({ bearer, identities, signInLimit, now });
  const verifyAgain = createVerifyAgain({ bearer, identities });
  const reauthentication = createReauthentication({ verifyAgain, now, leewaySeconds, logger });
  releases.add(() => reauthentication.stop());
  const wayOf = createForwarded(config.TRUSTED_PROXIES);
  const checkOrigin = createOriginCheck({ origins: config.CORS_ORIGINS, registry, wayOf });
  const docs = config.DOCS ?? 'authenticated';
  const cors = createCors(config.CORS_ORIGINS, registry);
  const steps = { ...entry, registry, wayOf, checkOrigin, authenticate, reauthentication, limitRate, admit };
  const handler = createGateway({
    ...steps,
    answerPreflight: cors.answerPreflight,
    settleCors: cors.settle,
    answerOwnPage: createOwnPages(readiness, {
      docs: createDocsPages({ access: docs, registry, authenticate, version, now }),
      front: createFrontPage(version, [...docsLinks(docs), ...healthLinks], front),
    }),
  });
  const upgrade = createUpgrade(steps);
  return { handler, upgrade };
}

async function openRateLimit(
  { config, log, now }: Foundation,
  metrics: Registry,
  releases: Releases,
): Promise<LimitRate> {
  const { RATE_LIMIT_PER_MINUTE: perMinute, REDIS_URL: url, ROLE, WORKERS: processes } = config;
  const shared =
    url !== undefined && ROLE !== 'dispatcher'
      ? await openSharedRateCounts({ url, logger: log.labelled('gateway') })
      : undefined;
  if (shared) {
    measureRedis(metrics, shared);
    releases.add(() => shared.close());
  }
  return createRateLimit({ perMinute, processes, now, shared });
}

function requireMigrated({ pending, newer }: MigrationState, logger: Logger): void {
  if (pending.length > 0) {
    throw new StartError(
      `Migrations are missing (${pending.join(', ')}). Run "${programName} migrate" or set MIGRATE_ON_START.`,
    );
  }
  if (newer.length > 0) logger.warn('a newer version has migrated the database', { migrations: newer });
}
