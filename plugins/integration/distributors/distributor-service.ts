import { randomUUIDv7 } from 'node:crypto';
import { invalidField, notFound } from '../../../src/errors.ts';
import {
  type Clock,
  type Database,
  type Dispatcher,
  type Encryption,
  formatSecret,
  type Knex,
} from '../../../src/plugin.ts';
import type { OrganizationLimits } from '../limits/organization-limits.ts';
import { newSecrets, rotateSecrets, type SigningSecrets } from '../signing-secret.ts';
import {
  type Authentication,
  authenticationTypes,
  type Distributor,
  distributorKind,
  type Meta,
  mask,
} from './distributor.ts';
import { createDistributorRepository, type Page } from './distributor-repository.ts';
import type { DistributorInput, MetaInput, PageInput } from './distributor-schemas.ts';

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
      const distributor = { id: randomUUIDv7(), organization, nodeId, meta, createdAt: time, updatedAt: time };
      const count = (db: Knex) => repository(db).count(organization);
      await limits.creating(trx, { organization, kind: 'distributors', count }, (db) =>
        repository(db).insert(distributor, newSecrets()),
      );
      return distributor;
    },

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<Distributor> {
      return found(await database.read((db) => repository(db).find(organization, id)));
    },

    list: (filter: { organization: string; nodeId?: string }, { page, per_page }: PageInput): Promise<Page> =>
      database.read((db) => repository(db).list(filter, page, per_page)),

    /** An omitted `meta` stays unchanged, null removes it, an object replaces it as a whole. Throws `NOT_FOUND`. */
    async update(
      trx: Knex.Transaction,
      organization: string,
      id: string,
      input: DistributorInput,
    ): Promise<Distributor> {
      const before = found(await repository(trx).findForUpdate(organization, id));
      const meta =
        input.meta === undefined ? before.meta : input.meta === null ? undefined : resolveMeta(input.meta, before.meta);
      const distributor = { ...before, meta, updatedAt: now() };
      await repository(trx).update(distributor);
      if (!meta) await dispatcher.cancel(trx, { kind: distributorKind, id });
      return distributor;
    },

    /** Throws `NOT_FOUND`. */
    async delete(trx: Knex.Transaction, organization: string, id: string): Promise<void> {
      if (!(await repository(trx).delete(organization, id))) throw missing();
      await dispatcher.cancel(trx, { kind: distributorKind, id });
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
    const stored = await repository(trx).findSecrets(organization, id);
    if (!stored) throw missing();
    if (stored.secrets) return stored.secrets;
    const secrets = newSecrets();
    await repository(trx).setSecrets(organization, id, secrets);
    return secrets;
  }
}

const missing = (): Error => notFound('There is no such distributor.');

function found(distributor: Distributor | undefined): Distributor {
  if (!distributor) throw missing();
  return distributor;
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
