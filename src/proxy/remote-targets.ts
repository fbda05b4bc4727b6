import type { Target } from '../gateway/target.ts';
import { createTargetRegistry, type TargetRegistry } from '../gateway/target-registry.ts';
import type { RemoteTarget } from './remote-target.ts';
import type { RemoteTargetSettings } from './target-definition.ts';

export interface RemoteTargetsParts {
  /** What the targets file holds. */
  readonly declared: readonly RemoteTargetSettings[];
  /** Entries of the registry beside those of the file. */
  readonly fixed: readonly Target[];
  readonly build: (settings: RemoteTargetSettings) => RemoteTarget;
}

export interface RemoteTargets {
  /** Every target of the gateway. */
  readonly registry: TargetRegistry;
  /** Ends all connections to backends, at once. */
  close(): Promise<void>;
}

/** The targets of the targets file, in one registry with the others. Throws `StartError` where they do not go together. */
export function createRemoteTargets({ declared, fixed, build }: RemoteTargetsParts): RemoteTargets {
  const remote = declared.map(build);
  const registry = createTargetRegistry([...fixed, ...remote]);
  return {
    registry,
    close: async () => {
      await Promise.all(remote.map((target) => target.close()));
    },
  };
}
