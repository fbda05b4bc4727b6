import { randomUUIDv7 } from 'node:crypto';
import { invalidField } from '../../../src/errors.ts';
import {
  type Clock,
  type Database,
  type Dispatcher,
  type Encryption,
  formatSecret,
  found,
  type Knex,
} from '../../../src/plugin.ts';
import type { StoredSettings } from '../delivery-settings/delivery-columns.ts';
import { hasHeader } from '../delivery-settings/delivery-headers.ts';
import type { DeliverySettings } from '../delivery-settings/delivery-settings.ts';
import { deleteEventTypes } from '../event-subscriptions/event-subscriptions.ts';
import type { OrganizationLimits } from '../limits/organization-limits.ts';
import { newSecrets, rotateSecrets, type SigningSecrets } from '../signing-secret.ts';
import {
  type Authentication,
  authenticationTypes,
  type Distributor,
  distributorKinds,
  type Meta,
  mask,
  originOf,
} from './distributor.ts';
import { createDistributorRepository, type DistributorPage } from './distributor-repository.ts';
import type { DistributorInput, MetaInput, PageInput } from './distributor-schemas.ts';

/** Throws if the caller has not seen this state of the distributor. */
type Check = (before: Distributor) => void;

export type DistributorService = ReturnType<typeof createDistributorService>;

/** Rules of distributors. Every call acts for one organization and cannot see the rows of another. */
export function createDistributorService(parts: {
  database: Database;
  encryption: Encryption;
  dispatcher: Dispatcher;
  limits: OrganizationLimits;
  now: Clock;
}) {
  const { database, encryption, dispatcher, limits, now } = parts;
  const repository = (db: Knex) => createDistributorRepository(db, encryption);

  return {
    /**
     * Throws `VALIDATION_ERROR` when the gateway would refuse to call this address. May query DNS: do not call it in a
     * transaction.
     */
    async checkReachable({ meta }: DistributorInput): Promise<void> {
      const refusal = meta ? await dispatcher.refusalOf(new URL(meta.host)) : undefined;
      if (refusal !== undefined)
        throw invalidField('meta.host', `must be an allowed callback address, but it ${refusal}`);
    },

    /** Throws `LIMIT_REACHED`. */
    async create(trx: Knex, organization: string, nodeId: string, input: DistributorInput): Promise<Distributor> {
      const time = now();
      const meta = input.meta ? resolveMeta(input.meta, undefined) : undefined;
      const distributor: Distributor = {
        ...{ id: randomUUIDv7(), organization, nodeId, meta, enabled: true },
        ...{ createdAt: time, updatedAt: time },
      };
      const count = (db: Knex) => repository(db).count(organization);
      await limits.creating(trx, { organization, kind: 'distributors', count }, (db) =>
        repository(db).insert(distributor, newSecrets()),
      );
      return distributor;
    },

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<Distributor> {
      return found(await database.read((db) => repository(db).find(organization, id)), missing);
    },

    list: (
      filter: { organization: string; nodeId?: string },
      { page, per_page }: PageInput,
    ): Promise<DistributorPage> => database.read((db) => repository(db).list(filter, page, per_page)),

    /**
     * An omitted `meta` stays unchanged, null removes it and the delivery headers, an object replaces it as a whole. `check` sees
     * the distributor before, when its row is locked. Throws `NOT_FOUND`, `VALIDATION_ERROR` and the error of `check`.
     */
    async update(
      trx: Knex.Transaction,
      { organization, id }: { organization: string; id: string },
      input: DistributorInput,
      check: Check,
    ): Promise<Distributor> {
      const { distributor: before, stored } = found(await repository(trx).lockWithSettings(organization, id), missing);
      check(before);
      const meta =
        input.meta === undefined ? before.meta : input.meta === null ? undefined : resolveMeta(input.meta, before.meta);
      const { headers } = stored.settings;
      requireHeadersToFit(headers, before.meta, meta);
      const distributor = { ...before, meta, updatedAt: laterThan(before.updatedAt, now()) };
      await repository(trx).update(distributor);
      if (!meta) await cancelAll(dispatcher, trx, id);
      if (!meta && Object.keys(headers).length > 0)
        await repository(trx).setSettings({ distributor, stored: withoutHeaders(stored) });
      return distributor;
    },

    /** `check` sees the distributor, when its row is locked. Throws `NOT_FOUND` and the error of `check`. */
    async delete(trx: Knex.Transaction, organization: string, id: string, check: Check): Promise<void> {
      check(found(await repository(trx).findForUpdate(organization, id), missing));
      await repository(trx).delete(organization, id);
      await deleteEventTypes(trx, id);
      await cancelAll(dispatcher, trx, id);
    },

    /** The current signing secret. Throws `NOT_FOUND`. */
    async secret(trx: Knex, organization: string, id: string): Promise<string> {
      return formatSecret((await currentSecrets(trx, organization, id)).current);
    },

    /** Creates a new secret; both sign for a day. Throws `NOT_FOUND`. */
    async rotateSecret(trx: Knex, organization: string, id: string): Promise<string> {
      const rotated = rotateSecrets(await currentSecrets(trx, organization, id), now());
      await repository(trx).setSecrets(organization, id, rotated);
      return formatSecret(rotated.current);
    },
  };

  async function currentSecrets(trx: Knex, organization: string, id: string): Promise<SigningSecrets> {
    const stored = found(await repository(trx).findSecrets(organization, id), missing);
    if (stored.secrets) return stored.secrets;
    const secrets = newSecrets();
    await repository(trx).setSecrets(organization, id, secrets);
    return secrets;
  }
}

const missing = 'There is no such distributor.';

async function cancelAll(dispatcher: Dispatcher, trx: Knex.Transaction, id: string): Promise<void> {
  for (const kind of distributorKinds) await dispatcher.cancel(trx, { kind, id });
}

/** Every change has a time of its own, which tells its state from the one before. */
const laterThan = (before: number, now: number): number => Math.max(now, before + 1);

const withoutHeaders = ({ settings, revision }: StoredSettings): StoredSettings => ({
  settings: { ...settings, headers: {} },
  revision: revision + 1,
});

/** Throws `VALIDATION_ERROR` if the delivery headers would go to another origin, or beside credentials of `meta`. */
function requireHeadersToFit(headers: DeliverySettings['headers'], before: Meta | undefined, after: Meta | undefined) {
  if (!after || Object.keys(headers).length === 0) return;
  if (originOf({ meta: before }) !== originOf({ meta: after }))
    throw invalidField('meta.host', 'has changed, but delivery headers are bound to the old one: remove them first');
  if (after.authentication && hasHeader(headers, 'authorization'))
    throw invalidField('meta.authentication', 'cannot be set beside a delivery header Authorization: remove it first');
}

function resolveMeta(input: MetaInput, stored: Meta | undefined): Meta {
  const { host, path, method, authentication } = input;
  return { host, path, method, authentication: authentication && unmask(authentication, host, stored) };
}

/**
 * Replaces a mask that was sent back by the stored secret, but only for the same origin: a stored secret never goes to
 * a new one.
 */
function unmask(sent: Authentication, host: string, stored: Meta | undefined): Authentication {
  const field = sent.type === authenticationTypes.basic ? 'password' : 'token';
  const secret = sent.type === authenticationTypes.basic ? sent.password : sent.token;
  if (secret !== mask) return sent;
  const path = `meta.authentication.${field}`;
  const kept = stored?.authentication;
  if (!stored || kept?.type !== sent.type) throw invalidField(path, 'is masked, but no secret of this type is stored');
  if (new URL(stored.host).origin !== new URL(host).origin) {
    throw invalidField(path, 'is masked, but the host has changed: send the secret again');
  }
  return sent.type === authenticationTypes.basic && kept.type === authenticationTypes.basic
    ? { ...sent, password: kept.password }
    : kept;
}
