import { randomUUIDv7 } from 'node:crypto';
import { invalidField, notFound } from '../../../src/errors.ts';
import type { Clock, Database, Encryption, Knex } from '../../../src/plugin.ts';
import { type Authentication, authenticationTypes, type Distributor, type Meta, mask } from './distributor.ts';
import { createDistributorRepository, type Page } from './distributor-repository.ts';
import type { DistributorInput, MetaInput, PageInput } from './distributor-schemas.ts';

export type DistributorService = ReturnType<typeof createDistributorService>;

/** What may happen to distributors. Everything is done for one organization; another one's rows do not exist. */
export function createDistributorService(parts: { database: Database; encryption: Encryption; now: Clock }) {
  const { database, encryption, now } = parts;
  const repository = (db: Knex) => createDistributorRepository(db, encryption);

  return {
    async create(trx: Knex, organization: string, nodeId: string, input: DistributorInput): Promise<Distributor> {
      const time = now();
      const meta = input.meta ? resolveMeta(input.meta, undefined) : undefined;
      const distributor = { id: randomUUIDv7(), organization, nodeId, meta, createdAt: time, updatedAt: time };
      await repository(trx).insert(distributor);
      return distributor;
    },

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<Distributor> {
      return found(await database.read((db) => repository(db).find(organization, id)));
    },

    list: (filter: { organization: string; nodeId?: string }, { page, per_page }: PageInput): Promise<Page> =>
      database.read((db) => repository(db).list(filter, page, per_page)),

    /** `meta` left out stays as it is, null is removed, given replaces it whole. Throws `NOT_FOUND`. */
    async update(trx: Knex, organization: string, id: string, input: DistributorInput): Promise<Distributor> {
      const before = found(await repository(trx).findForUpdate(organization, id));
      const meta =
        input.meta === undefined ? before.meta : input.meta === null ? undefined : resolveMeta(input.meta, before.meta);
      const distributor = { ...before, meta, updatedAt: now() };
      await repository(trx).update(distributor);
      return distributor;
    },

    /** Throws `NOT_FOUND`. */
    async delete(trx: Knex, organization: string, id: string): Promise<void> {
      if (!(await repository(trx).delete(organization, id))) throw missing();
    },
  };
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

/** Puts the stored secret in the place of a mask that was sent back, unless it would travel to another host that way. */
function unmask(sent: Authentication, host: string, stored: Meta | undefined): Authentication {
  const field = sent.type === authenticationTypes.basic ? 'password' : 'token';
  const secret = sent.type === authenticationTypes.basic ? sent.password : sent.token;
  if (secret !== mask) return sent;
  const path = `meta.authentication.${field}`;
  const kept = stored?.authentication;
  if (!stored || kept?.type !== sent.type) throw invalidField(path, 'is masked, but nothing of this kind is stored');
  if (new URL(stored.host).origin !== new URL(host).origin) {
    throw invalidField(path, 'is masked, but the host is another one: send the secret again');
  }
  return sent.type === authenticationTypes.basic && kept.type === authenticationTypes.basic
    ? { ...sent, password: kept.password }
    : kept;
}
