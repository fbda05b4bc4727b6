import type { Clock, Database, Encryption, EndpointKind, Knex, ResolvedEndpoint } from '../../../src/plugin.ts';
import { type DeliverySettings, deliveryOf, testDeliveryOf } from '../delivery-settings/delivery-settings.ts';
import type { TurnOff } from '../delivery-settings/turn-off.ts';
import { newSecrets, type SigningSecrets, signingAt } from '../signing-secret.ts';
import {
  type Authentication,
  authenticationTypes,
  type Distributor,
  distributorKind,
  distributorTestKind,
} from './distributor.ts';
import { createDistributorRepository } from './distributor-repository.ts';

/**
 * Resolves distributors for the dispatcher. They are looked up at each attempt: a changed address or secret takes
 * effect at once.
 */
export function createDistributorEndpoints(parts: {
  database: Database;
  encryption: Encryption;
  now: Clock;
  turnOff: TurnOff;
}): EndpointKind[] {
  const { database, encryption, now, turnOff } = parts;
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

  async function resolve(ids: readonly string[], isTest: boolean): Promise<Map<string, ResolvedEndpoint>> {
    const found = await database.read((db) => repository(db).findMany(ids));
    const endpoints = new Map<string, ResolvedEndpoint>();
    for (const { distributor, stored, secrets } of found) {
      const signing = secrets ?? (await makeSecrets(distributor));
      endpoints.set(distributor.id, toEndpoint(distributor, stored.settings, signingAt(signing, now()), isTest));
    }
    return endpoints;
  }

  return [
    { name: distributorKind, turnOff, resolve: (ids) => resolve(ids, false) },
    { name: distributorTestKind, maxRetries: 0, isTest: true, resolve: (ids) => resolve(ids, true) },
  ];
}

function toEndpoint(
  { meta, enabled }: Distributor,
  settings: DeliverySettings,
  secrets: readonly Buffer[],
  isTest: boolean,
): ResolvedEndpoint {
  if (!meta) return { state: 'gone' };
  if (!enabled && !isTest) return { state: 'disabled' };
  const authorization = meta.authentication && authorizationOf(meta.authentication);
  return {
    state: 'active',
    url: `${new URL(meta.host).origin}${meta.path}`,
    method: meta.method,
    secrets,
    confidential: [
      ...(meta.authentication ? confidentialOf(meta.authentication) : []),
      ...secrets.map((secret) => secret.toString('base64')),
    ],
    ...(authorization === undefined ? {} : { authorization }),
    ...(isTest ? testDeliveryOf(settings) : deliveryOf(settings)),
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
