import { randomUUIDv7 } from 'node:crypto';
import { type Knex, unlessTaken } from '../../../src/plugin.ts';
import type { Caller } from '../apigee/apigee-caller.ts';
import { alreadyExists, mintError } from '../apigee/apigee-errors.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { deleteAppsOfDeveloper } from '../developer-apps/app-repository.ts';
import { createSubscriptionRepository } from '../subscriptions/subscription-repository.ts';
import { withOwnAppNames, withoutAppNames } from './app-names.ts';
import type { Developer, DeveloperStatus } from './developer.ts';
import { createDeveloperAttributes } from './developer-attributes.ts';
import { lockDeveloper } from './developer-look-up.ts';
import { createDeveloperReads } from './developer-reads.ts';
import { createDeveloperRepository } from './developer-repository.ts';
import type { DeveloperInput } from './developer-schemas.ts';

export type DeveloperService = ReturnType<typeof createDeveloperService>;

/** Rules of developers. Every call acts for one organization and cannot see the rows of another. */
export function createDeveloperService({ database, limits, now }: CatalogParts) {
  return {
    /** Throws `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(db: Knex, { organization, by }: Caller, input: WithKept<DeveloperInput>): Promise<Developer> {
      const time = now();
      const developer: Developer = {
        organization,
        email: input.email,
        id: randomUUIDv7(),
        firstName: input.firstName,
        lastName: input.lastName,
        userName: input.userName,
        companyName: input.companyName ?? '',
        status: 'active',
        attributes: input.attributes ?? [],
        apps: input.apps ?? [],
        kept: input.kept,
        createdBy: by,
        updatedBy: by,
        createdAt: time,
        updatedAt: time,
      };
      const count = (each: Knex) => createDeveloperRepository(each).count(organization);
      await unlessTaken(
        limits.creating(db, { organization, kind: 'developers', count }, (each) =>
          createDeveloperRepository(each).insert(developer),
        ),
        () => alreadyExists('Developer', input.email),
      );
      return developer;
    },

    ...createDeveloperReads({ database }),

    /** Omitted fields keep their values. Throws `mint.resourceDoesNotExist` or `mint.idCannotBeChanged`. */
    async update(
      trx: Knex,
      { organization, by }: Caller,
      idOrEmail: string,
      input: WithKept<Partial<DeveloperInput>>,
    ): Promise<Developer> {
      const developers = createDeveloperRepository(trx);
      const before = await lockDeveloper(trx, organization, idOrEmail);
      if (input.email !== undefined && input.email !== before.email)
        throw mintError(400, 'idCannotBeChanged', 'The e-mail address of a developer cannot be changed');
      const { kept, ...own } = before;
      const changed = {
        ...own,
        firstName: input.firstName ?? own.firstName,
        lastName: input.lastName ?? own.lastName,
        userName: input.userName ?? own.userName,
        companyName: input.companyName ?? own.companyName,
        attributes: input.attributes ?? own.attributes,
        apps: input.apps ? await withoutAppNames(trx, before, input.apps) : own.apps,
        kept: { ...kept, ...input.kept },
        updatedBy: by,
        updatedAt: now(),
      };
      await developers.update(changed);
      return withOwnAppNames(trx, changed);
    },

    /** Throws `mint.resourceDoesNotExist`. */
    async setStatus(
      trx: Knex,
      { organization, by }: Caller,
      idOrEmail: string,
      status: DeveloperStatus,
    ): Promise<void> {
      const developer = await lockDeveloper(trx, organization, idOrEmail);
      await createDeveloperRepository(trx).update({ ...developer, status, updatedBy: by, updatedAt: now() });
    },

    attributes: createDeveloperAttributes({ database, now }),

    /**
     * Deletes a developer with the apps and their keys; resolves to the deleted developer. Throws `mint.resourceDoesNotExist`, or
     * `mint.developerHasRatePlans`: deleting the subscriptions would delete their usage counters.
     */
    async delete(trx: Knex, organization: string, idOrEmail: string): Promise<Developer> {
      const developer = await lockDeveloper(trx, organization, idOrEmail);
      const { email } = developer;
      if (await createSubscriptionRepository(trx).hasDeveloper(organization, email)) {
        throw mintError(409, 'developerHasRatePlans', 'The developer has or had a rate plan and cannot be deleted', [
          { name: 'id', value: email },
        ]);
      }
      const deleted = await withOwnAppNames(trx, developer);
      await deleteAppsOfDeveloper(trx, organization, email);
      await createDeveloperRepository(trx).delete(developer);
      return deleted;
    },
  };
}
