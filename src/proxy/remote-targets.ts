import { isDeepStrictEqual } from 'node:util';
import type { Target } from '../gateway/call/target.ts';
import { createSwappableRegistry, createTargetRegistry, type TargetRegistry } from '../gateway/call/target-registry.ts';
import type { Logger } from '../logger.ts';
import type { RemoteTargetSettings } from '../target-definition.ts';
import type { RemoteTarget } from './remote-target.ts';

/** Settings of a remote target that is not open yet. `title` includes the place of its declaration, for messages. */
export interface RemoteDeclaration {
  readonly settings: RemoteTargetSettings;
  readonly title: string;
}

/** The remote target of a plugin that represents a backend. */
export type PluginRemote = RemoteDeclaration & Pick<Target, 'summary' | 'errorShapes'>;

export interface RemoteTargetsParts {
  /** Targets of the targets file. */
  readonly declared: readonly RemoteTargetSettings[];
  /** Registry entries that run in this process. */
  readonly local: readonly Target[];
  readonly ofPlugins: readonly PluginRemote[];
  readonly build: (settings: RemoteTargetSettings) => RemoteTarget;
  readonly logger: Logger;
}

export interface RemoteTargets {
  /** All targets of the gateway; `replace` updates it in place. */
  readonly registry: TargetRegistry;
  /** Starts the health checks. */
  start(): void;
  /**
   * Replaces the declared targets atomically; unchanged ones keep their connections and state. Calls in flight finish
   * at their old target. Throws `StartError`, and changes nothing, for conflicting names or prefixes.
   */
  replace(declared: readonly RemoteTargetSettings[]): void;
  /** Closes all connections to backends at once. */
  close(): Promise<void>;
}

/**
 * Combines the declared targets with the others in one registry. Throws `StartError` for conflicting names or prefixes.
 */
export function createRemoteTargets(parts: RemoteTargetsParts): RemoteTargets {
  const { declared, local, ofPlugins, build, logger } = parts;
  const lasting = ofPlugins.map(({ settings, ...about }) => ({ ...build(settings), ...about }));
  const fixed = [...local, ...lasting];
  let current = declared.map(build);
  const registry = createSwappableRegistry(createTargetRegistry([...fixed, ...current]));
  const retired = new Set<RemoteTarget>();
  let isStarted = false;
  let isClosed = false;

  const retire = (target: RemoteTarget): void => {
    retired.add(target);
    void target.retire().then(() => retired.delete(target));
  };

  return {
    registry,
    start: () => {
      isStarted = true;
      for (const target of [...lasting, ...current]) target.start();
    },
    replace: (next) => {
      if (isClosed) return;
      const before = new Map(current.map((target) => [target.name, target]));
      const after = next.map((settings) => {
        const old = before.get(settings.name);
        return old && isDeepStrictEqual(old.settings, settings) ? old : build(settings);
      });
      registry.swap(createTargetRegistry([...fixed, ...after]));
      const [old, kept] = [new Set(current), new Set(after)];
      const added = after.filter((target) => !old.has(target));
      const removed = current.filter((target) => !kept.has(target));
      current = after;
      if (isStarted) for (const target of added) target.start();
      for (const target of removed) retire(target);
      logger.info('targets replaced', { added: namesOf(added), removed: namesOf(removed) });
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...lasting, ...current, ...retired].map((target) => target.close()));
    },
  };
}

const namesOf = (targets: readonly Target[]): string[] => targets.map(({ name }) => name);
