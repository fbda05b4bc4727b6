import { isDeepStrictEqual } from 'node:util';
import type { Target } from '../gateway/call/target.ts';
import { createSwappableRegistry, createTargetRegistry, type TargetRegistry } from '../gateway/call/target-registry.ts';
import type { Logger } from '../logger.ts';
import type { RemoteTargetSettings } from '../target-definition.ts';
import type { RemoteTarget } from './remote-target.ts';

/** A remote target that is not open yet, with where it was declared, for messages. */
export interface RemoteDeclaration {
  readonly settings: RemoteTargetSettings;
  readonly title: string;
}

/** What a plugin that stands for a backend brings with it. */
export type PluginRemote = RemoteDeclaration & Pick<Target, 'summary' | 'errorShapes'>;

export interface RemoteTargetsParts {
  /** What the targets file holds. */
  readonly declared: readonly RemoteTargetSettings[];
  /** Entries of the registry that run in this process. */
  readonly local: readonly Target[];
  readonly ofPlugins: readonly PluginRemote[];
  readonly build: (settings: RemoteTargetSettings) => RemoteTarget;
  readonly logger: Logger;
}

export interface RemoteTargets {
  /** Every target of the gateway, always as of the last exchange. */
  readonly registry: TargetRegistry;
  /** Begins what targets do of themselves. */
  start(): void;
  /**
   * Puts these in place of those before, all at once; what has not changed stays as it is. Throws `StartError`, and changes
   * nothing, where they do not go together. Calls in flight end where they began.
   */
  replace(declared: readonly RemoteTargetSettings[]): void;
  /** Ends all connections to backends, at once. */
  close(): Promise<void>;
}

/** The targets of the targets file, in one registry with the others. Throws `StartError` where they do not go together. */
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
      logger.info('targets exchanged', { added: namesOf(added), removed: namesOf(removed) });
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...lasting, ...current, ...retired].map((target) => target.close()));
    },
  };
}

const namesOf = (targets: readonly Target[]): string[] => targets.map(({ name }) => name);
