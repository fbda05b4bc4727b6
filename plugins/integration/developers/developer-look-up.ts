import { found, type Knex } from '../../../src/plugin.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import type { Developer } from './developer.ts';
import { createDeveloperRepository, isDeveloperId } from './developer-repository.ts';

/** The developer that a path names by e-mail address or id. Throws `mint.resourceDoesNotExist`. */
export const findDeveloper = async (db: Knex, organization: string, idOrEmail: string): Promise<Developer> =>
  existing(idOrEmail, await createDeveloperRepository(db).findByIdOrEmail(organization, idOrEmail));

/** The same, with the row locked: no other transaction can change, delete or subscribe the developer. */
export const lockDeveloper = async (trx: Knex, organization: string, idOrEmail: string): Promise<Developer> =>
  existing(idOrEmail, await createDeveloperRepository(trx).findByIdOrEmailForUpdate(organization, idOrEmail));

/**
 * The e-mail address of the developer that a path names: rows of other tables have it. An address is returned without a look-up;
 * an unknown id throws `mint.resourceDoesNotExist`.
 */
export const emailOfDeveloper = async (db: Knex, organization: string, idOrEmail: string): Promise<string> =>
  isDeveloperId(idOrEmail) ? (await findDeveloper(db, organization, idOrEmail)).email : idOrEmail;

const existing = (idOrEmail: string, developer: Developer | undefined): Developer =>
  found(developer, () => doesNotExist('Developer', idOrEmail));
