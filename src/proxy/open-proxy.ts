import type { Config } from '../config.ts';
import type { Target } from '../gateway/call/target.ts';
import type { TargetRegistry } from '../gateway/call/target-registry.ts';
import { createCallerKeys } from '../gateway/limits/caller-key.ts';
import type { LogOutput } from '../logger.ts';
import type { RemoteTargetSettings } from '../target-definition.ts';
import { createBufferRelease } from './forwarding/buffer-release.ts';
import { createForwarded } from './headers/forwarded.ts';
import { createRemoteTarget, type RemoteTargetParts } from './remote-target.ts';
import { createRemoteTargets, type PluginRemote } from './remote-targets.ts';
import type { DeclaredTargets } from './targets/declared-targets.ts';

export interface Proxy {
  /** All targets of the gateway, remote ones and plugins in this process. */
  readonly registry: TargetRegistry;
  /** Starts the health checks and follows the targets file. Returns a function that stops following it. */
  start(): () => void;
  /**
   * Reads the targets file again. Returns false for an invalid file: the targets stay unchanged and the problems are
   * logged.
   */
  reload(): boolean;
  /** Closes all connections to backends at once. */
  close(): Promise<void>;
}

export interface ProxyParts extends Pick<RemoteTargetParts, 'count'> {
  /** The targets file. */
  readonly declared: DeclaredTargets;
  /** The targets that the file declared at start. */
  readonly first: readonly RemoteTargetSettings[];
  /** Targets that run in this process. */
  readonly local: readonly Target[];
  /** Remote targets that plugins declare. */
  readonly ofPlugins: readonly PluginRemote[];
}

/** Creates the proxy. Throws `StartError` for targets with conflicting names or prefixes. */
export function openProxy(
  { config, log }: { readonly config: Readonly<Config>; readonly log: LogOutput },
  parts: ProxyParts,
): Proxy {
  const { declared, first, local, ofPlugins, count } = parts;
  const logger = log.labelled('proxy');
  const forwardedOf = createForwarded(config.TRUSTED_PROXIES);
  const forwarding = { forwardedOf, callerOf: createCallerKeys(), count, passed: createBufferRelease(), logger };
  const remote = createRemoteTargets({
    declared: first,
    local,
    ofPlugins,
    build: (settings) => createRemoteTarget(settings, declared.path, forwarding),
    logger,
  });
  return {
    registry: remote.registry,
    start: () => {
      remote.start();
      return declared.follow(remote.replace);
    },
    reload: () => declared.reload(remote.replace),
    close: remote.close,
  };
}
