import type { Database, Knex } from '../../database/database.ts';
import { type Gate, grantAttempts } from '../model/gate.ts';
import type { Want } from './due-rows.ts';
import { createGateRepository, type GateRow } from './gate-repository.ts';
import { type Head, readHeads } from './heads.ts';
import { type LeaseWindow, never, type QueueRow } from './queue-repository.ts';

/** The answer of a claim to an endpoint with a gate. Times are microseconds. */
export interface Turn {
  readonly endpointKey: number;
  readonly gate: Gate;
  /** Rows that were leased. */
  count: number;
  /** Rows that may be leased. */
  readonly allowed: number;
  /** Attempts that were allowed before and not made, and that count now. */
  readonly unused: number;
  /** Time from which the rate limit allows the next attempt. */
  nextAt: number;
  /** Time from which another claim is worth its cost. */
  askAt: number;
  /** Whether due rows may be left. */
  hasMore: boolean;
  /** Whether they wait for their turn. */
  isRestrained: boolean;
  /** Whether the gate is not stored yet. */
  readonly isMissing: boolean;
  /** Of an ordered endpoint. */
  readonly head: Head | undefined;
}

/** Pause between claims that a limit restrains: a later one brings more rows at the same cost. */
const restMicros = 100_000;
/** Pause after a claim that could not lock the gate: another process has it for the length of a claim, or it is stored next. */
const busyMicros = 20_000;

export interface OpenedGates {
  readonly turns: readonly Turn[];
  /** Rows to lease, as far as the gates allow. */
  readonly wants: readonly Want[];
  /** Rows to lease: the heads of ordered endpoints. */
  readonly heads: readonly string[];
  /** Records which rows are leased. */
  close(rows: readonly QueueRow[]): Promise<void>;
}

/**
 * Opens the gates of the wanted endpoints within the transaction of a claim, until whose end no other process leases rows of
 * them. It waits for no lock. Endpoints without a gate cost nothing.
 */
export async function openGates(
  trx: Knex,
  database: Database,
  wants: readonly Want[],
  now: number,
  leases: LeaseWindow,
): Promise<OpenedGates> {
  const gated = wants.filter(isGated);
  if (gated.length === 0) return { turns: [], wants, heads: [], close: async () => undefined };
  const gates = createGateRepository(trx, database);
  const keys = gated.map(({ endpointKey }) => endpointKey);
  const rows = new Map((await gates.lock(keys)).map((row) => [row.endpoint_key, row]));
  const missing = new Set(rows.size < keys.length ? await gates.missing(keys) : []);
  const ordered = new Map(
    gated.flatMap(({ endpointKey, gate }) => {
      const row = rows.get(endpointKey);
      return gate.ordered && row ? [[endpointKey, row.turn]] : [];
    }),
  );
  const heads = await readHeads(trx, database, ordered, now, leases);
  const turns = gated.map((want): Turn => {
    const row = rows.get(want.endpointKey);
    return row
      ? openTurn(want, row, heads.get(want.endpointKey), now)
      : closedTurn(want, missing.has(want.endpointKey), now);
  });
  const allowed = turns.filter((turn) => turn.allowed > 0);
  const limited = allowed.filter(({ head }) => !head);
  return {
    turns,
    wants: [
      ...wants.filter((want) => !isGated(want)),
      ...limited.map((turn) => ({ endpointKey: turn.endpointKey, take: turn.allowed, hasMore: true })),
    ],
    heads: allowed.flatMap(({ head }) => head?.entry?.delivery_id ?? []),
    async close(leased) {
      const counts = Map.groupBy(leased, (row) => row.endpoint_key);
      for (const turn of allowed) take(turn, counts.get(turn.endpointKey)?.length ?? 0, now);
      await gates.write(allowed.filter(({ count }) => count > 0).map(toRow));
    },
  };
}

type GatedWant = Want & { gate: Gate };

const isGated = (want: Want): want is GatedWant => want.gate !== undefined;

const closedTurn = ({ endpointKey, gate }: GatedWant, isMissing: boolean, now: number): Turn => ({
  ...{ endpointKey, gate, count: 0, allowed: 0, unused: 0, nextAt: 0, askAt: now + busyMicros },
  ...{ hasMore: true, isRestrained: true, isMissing, head: undefined },
});

function openTurn(
  { endpointKey, gate, take, unused = 0 }: GatedWant,
  row: GateRow,
  head: Head | undefined,
  now: number,
): Turn {
  const most = head ? Math.min(take, head.entry ? 1 : 0) : take;
  const before = row.next_at - unused * gate.intervalMicros;
  const { count, nextAt } = grantAttempts(gate.intervalMicros, before, now, take);
  const allowed = Math.min(count, most);
  const hasMore = !head || !(head.isEmpty || head.isHeld);
  return {
    ...{ endpointKey, gate, count: 0, allowed, unused, head },
    nextAt: count > 0 ? before : nextAt + unused * gate.intervalMicros,
    askAt: head && !head.entry ? head.freeAt : now + restMicros,
    ...{ hasMore, isRestrained: hasMore, isMissing: false },
  };
}

function take(turn: Turn, count: number, now: number): void {
  turn.count = count;
  turn.nextAt = grantAttempts(turn.gate.intervalMicros, turn.nextAt, now, count).nextAt;
  // A head that is locked is tried again after the rest. The result of a leased one opens the gate.
  if (turn.head) {
    turn.hasMore = count === 0;
    if (count > 0) turn.askAt = never;
    return;
  }
  turn.hasMore = count === turn.allowed;
  if (turn.hasMore && turn.nextAt > now) return;
  turn.isRestrained = false;
  turn.askAt = 0;
}

const toRow = ({ endpointKey, nextAt, head }: Turn): GateRow => ({
  endpoint_key: endpointKey,
  next_at: nextAt,
  turn: head?.entry?.position ?? 0,
});
