import type { Clock, Database, Encryption, EndpointKind, Knex, ResolvedEndpoint } from '../../../src/plugin.ts';
import { newSecrets, type SigningSecrets, signingAt } from '../signing-secret.ts';
import { type Authentication, authenticationTypes, type Distributor, distributorKind } from './distributor.ts';
import { createDistributorRepository } from './distributor-repository.ts';

/**
 * Resolves distributors for the dispatcher. They are looked up at each attempt: a changed address or secret takes
 * effect at once.
 */
export function createDistributorEndpoints(parts: {
  database: Database;
  encryption: Encryption;
  now: Clock;
}): EndpointKind {
  const { database, encryption, now } = parts;
  const repository = (db: Knex) => createDistributorRepository(db, encryption);

  /**
   * Creates secrets for a distributor that was saved before distributors had any; the first of concurrent callers
   * decides.
   */
  async function makeSecrets({ organization, id }: Distributor): Promise<SigningSecrets> {
    return database.transaction(async (trx) => {
      const secrets = (await repository(trx).findSecrets(organization, id))?.secrets ?? newSecrets();
      await repository(trx).setSecrets(organization, id, secrets);
      return secrets;
    });
  }

  return {
    name: distributorKind,
    async resolve(ids) {
      const found = await database.read((db) => repository(db).findMany(ids));
      const endpoints = new Map<string, ResolvedEndpoint>();
      for (const { distributor, secrets } of found) {
        endpoints.set(distributor.id, toEndpoint(distributor, secrets ?? (await makeSecrets(distributor)), now()));
      }
      return endpoints;
    },
  };
}

function toEndpoint({ meta }: Distributor, secrets: SigningSecrets, now: number): ResolvedEndpoint {
  if (!meta) return { state: 'gone' };
  const authorization = meta.authentication && authorizationOf(meta.authentication);
  const signing = signingAt(secrets, now);
  return {
    state: 'active',
    url: `${new URL(meta.host).origin}${meta.path}`,
    method: meta.method,
    secrets: signing,
    confidential: [
      ...(meta.authentication ? confidentialOf(meta.authentication) : []),
      ...signing.map((secret) => secret.toString('base64')),
    ],
    ...(authorization === undefined ? {} : { authorization }),
  };
}

function authorizationOf(authentication: Authentication): string {
  return authentication.type === authenticationTypes.basic
    ? `Basic ${Buffer.from(`${authentication.username}:${authentication.password}`).toString('base64')}`
    : `Bearer ${authentication.token}`;
}

function confidentialOf(authentication: Authentication): string[] {
  if (authentication.type === authenticationTypes.token) return [authentication.token];
  return [authentication.password, authorizationOf(authentication).slice('Basic '.length)];
}
