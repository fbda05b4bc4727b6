import { found, type Knex, unlessTaken } from '../../../src/plugin.ts';
import { alreadyExists, doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { createSubscriptionRepository } from '../subscriptions/subscription-repository.ts';
import type { Developer } from './developer.ts';
import { createDeveloperRepository } from './developer-repository.ts';
import type { DeveloperInput } from './developer-schemas.ts';

export type DeveloperService = ReturnType<typeof createDeveloperService>;

/** Rules of developers. Every call acts for one organization and cannot see the rows of another. */
export function createDeveloperService({ database, limits, now }: CatalogParts) {
  return {
    /** Throws `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(db: Knex, organization: string, input: WithKept<DeveloperInput>): Promise<Developer> {
      const time = now();
      const developer: Developer = {
        organization,
        email: input.email,
        firstName: input.firstName,
        lastName: input.lastName,
        userName: input.userName,
        companyName: input.companyName ?? '',
        attributes: input.attributes ?? [],
        apps: input.apps ?? [],
        kept: input.kept,
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

    /** Throws `mint.resourceDoesNotExist`. */
    async read(organization: string, email: string): Promise<Developer> {
      return existing(email, await database.read((db) => createDeveloperRepository(db).find(organization, email)));
    },

    list: (organization: string, wanted: ListQuery): Promise<Listed<Developer>> =>
      database.read((db) => createDeveloperRepository(db).list(organization, wanted)),

    /** Omitted fields keep their values. Throws `mint.resourceDoesNotExist` or `mint.idCannotBeChanged`. */
    async update(
      trx: Knex,
      organization: string,
      email: string,
      input: WithKept<Partial<DeveloperInput>>,
    ): Promise<Developer> {
      const developers = createDeveloperRepository(trx);
      const before = existing(email, await developers.findForUpdate(organization, email));
      if (input.email !== undefined && input.email !== email)
        throw mintError(400, 'idCannotBeChanged', 'The e-mail address of a developer cannot be changed');
      const { kept, ...own } = before;
      const changed = {
        ...own,
        firstName: input.firstName ?? own.firstName,
        lastName: input.lastName ?? own.lastName,
        userName: input.userName ?? own.userName,
        companyName: input.companyName ?? own.companyName,
        attributes: input.attributes ?? own.attributes,
        apps: input.apps ?? own.apps,
        kept: { ...kept, ...input.kept },
        updatedAt: now(),
      };
      await developers.update(changed);
      return changed;
    },

    /**
     * Throws `mint.resourceDoesNotExist`, or `mint.developerHasRatePlans`: deleting the subscriptions would delete
     * their usage counters.
     */
    async delete(trx: Knex, organization: string, email: string): Promise<void> {
      const developers = createDeveloperRepository(trx);
      const developer = existing(email, await developers.findForUpdate(organization, email));
      if (await createSubscriptionRepository(trx).hasDeveloper(organization, email)) {
        throw mintError(409, 'developerHasRatePlans', 'The developer has or had a rate plan and cannot be deleted', [
          { name: 'id', value: email },
        ]);
      }
      await developers.delete(developer);
    },
  };
}

const existing = (email: string, developer: Developer | undefined): Developer =>
  found(developer, () => doesNotExist('Developer', email));
