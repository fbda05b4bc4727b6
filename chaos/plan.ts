import type { Options } from './options.ts';
import { createRandom, type Random } from './random.ts';
import { profiles } from './receiver.ts';
import { leaseMs } from './times.ts';

/** A number from 0 to 1 that picks a delivery, a distributor or a gateway from the ones there are at that moment. */
type Pick = number;

export type Operation = { readonly atMs: number; readonly via: Pick } & (
  | { readonly kind: 'create'; readonly node: number; readonly path: string; readonly method: string }
  | { readonly kind: 'change'; readonly distributor: Pick; readonly path: string; readonly method: string }
  | { readonly kind: 'remove-webhook' | 'delete'; readonly distributor: Pick }
  | EventOperation
  | { readonly kind: 'redeliver' | 'cancel' | 'read'; readonly delivery: Pick }
  | { readonly kind: 'redeliver-many' | 'list'; readonly distributor: Pick }
);

export interface EventOperation {
  readonly kind: 'event';
  /** Marks the event in its data. */
  readonly key: number;
  /** A node, or one distributor. */
  readonly node: number | undefined;
  readonly distributor: Pick;
  /** Characters of filling. */
  readonly size: number;
  /** Sent with an idempotency key, and repeated until there is an answer. */
  readonly repeats: boolean;
  /** Invalid on purpose. */
  readonly isInvalid: boolean;
}

export type FaultKind = 'kill' | 'freeze' | 'restart' | 'cut' | 'silence' | 'freeze-database' | 'lock';

export interface PlannedFault {
  readonly kind: FaultKind;
  readonly atMs: number;
  readonly process: number;
  readonly lastsMs: number;
}

export interface Plan {
  readonly operations: readonly Operation[];
  readonly faults: readonly PlannedFault[];
}

export const nodes = 3;
const initialDistributors = 9;
/** Mean pause between two operations. */
const pauseMs = 45;

/** The plan of a seed: equal options give an equal plan. */
export function createPlan({ seed, seconds, engine, processes }: Options): Plan {
  const random = createRandom(seed);
  return {
    operations: planOperations(random, seconds * 1000),
    faults: planFaults(random, seconds * 1000, engine, processes),
  };
}

function planOperations(random: Random, lengthMs: number): Operation[] {
  const operations: Operation[] = [];
  let count = 0;
  const webhook = () => {
    count += 1;
    return { path: `/${random.pick(profiles)}/${count}`, method: random.pick(['POST', 'POST', 'PUT', 'GET']) };
  };
  for (let index = 0; index < initialDistributors; index += 1)
    operations.push({ atMs: 0, via: random.number(), kind: 'create', node: index % nodes, ...webhook() });
  for (let atMs = 500; atMs < lengthMs; atMs += random.whole(5, 2 * pauseMs)) {
    operations.push({ atMs, via: random.number(), ...planOperation(random, webhook, operations.length) });
  }
  return operations;
}

type Unplaced<T> = T extends unknown ? Omit<T, 'atMs' | 'via'> : never;

function planOperation(
  random: Random,
  webhook: () => { path: string; method: string },
  key: number,
): Unplaced<Operation> {
  const chosen = random.whole(1, 100);
  const distributor = random.number();
  const delivery = random.number();
  if (chosen <= 2) return { kind: 'create', node: random.whole(0, nodes - 1), ...webhook() };
  if (chosen <= 5) return { kind: 'change', distributor, ...webhook() };
  if (chosen <= 6) return { kind: 'remove-webhook', distributor };
  if (chosen <= 7) return { kind: 'delete', distributor };
  if (chosen <= 15) return { kind: 'redeliver', delivery };
  if (chosen <= 23) return { kind: 'cancel', delivery };
  if (chosen <= 24) return { kind: 'redeliver-many', distributor };
  if (chosen <= 30) return { kind: 'read', delivery };
  if (chosen <= 32) return { kind: 'list', distributor };
  return {
    kind: 'event',
    key,
    node: random.chance(0.2) ? random.whole(0, nodes - 1) : undefined,
    distributor,
    size: random.chance(0.1) ? 5000 : random.whole(0, 200),
    repeats: random.chance(0.5),
    isInvalid: random.chance(0.05),
  };
}

function planFaults(random: Random, lengthMs: number, engine: Options['engine'], processes: number): PlannedFault[] {
  const kinds: readonly FaultKind[] =
    engine === 'sqlite'
      ? ['kill', 'freeze', 'restart']
      : ['kill', 'kill', 'freeze', 'freeze', 'restart', 'cut', 'silence', 'freeze-database', 'lock'];
  const faults: PlannedFault[] = [];
  for (let atMs = 1500; atMs < lengthMs; atMs += random.whole(1500, 4500)) {
    const kind = random.pick(kinds);
    const lastsMs = kind === 'freeze' ? leaseMs + random.whole(200, 1500) : random.whole(200, leaseMs + 1000);
    faults.push({ kind, atMs, process: random.whole(0, processes - 1), lastsMs });
  }
  return faults;
}
