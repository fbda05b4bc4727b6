import type { Config } from '../config.ts';
import type { Target } from '../gateway/call/target.ts';
import type { TargetRegistry } from '../gateway/call/target-registry.ts';
import type { LogOutput } from '../logger.ts';
import type { RemoteTargetSettings } from '../target-definition.ts';
import { createBufferRelease } from './forwarding/buffer-release.ts';
import { createForwarded } from './headers/forwarded.ts';
import { createRemoteTarget, type RemoteTargetParts } from './remote-target.ts';
import { createRemoteTargets, type PluginRemote } from './remote-targets.ts';
import type { DeclaredTargets } from './targets/declared-targets.ts';

export interface Proxy {
  /** Every target of the gateway, those in this process included. */
  readonly registry: TargetRegistry;
  /** Begins to check upstreams and to follow the targets file. Gives back what ends the latter. */
  start(): () => void;
  /** Reads the targets file again. False when it is not good: then nothing changes, and the log says why. */
  reload(): boolean;
  /** Ends all connections to backends, at once. */
  close(): Promise<void>;
}

export interface ProxyParts extends Pick<RemoteTargetParts, 'count'> {
  /** Where targets are declared, and what stood there at the start. */
  readonly declared: DeclaredTargets;
  readonly first: readonly RemoteTargetSettings[];
  /** Targets in this process. */
  readonly local: readonly Target[];
  readonly ofPlugins: readonly PluginRemote[];
}

/** Puts the proxy together. Throws `StartError` where targets do not go together. */
export function openProxy(
  { config, log }: { readonly config: Readonly<Config>; readonly log: LogOutput },
  parts: ProxyParts,
): Proxy {
  const { declared, first, local, ofPlugins, count } = parts;
  const logger = log.labelled('proxy');
  const forwardedOf = createForwarded(config.TRUSTED_PROXIES);
  const forwarding = { forwardedOf, count, passed: createBufferRelease(), logger };
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
