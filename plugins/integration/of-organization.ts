import { allOrganizations, type Knex } from '../../src/plugin.ts';

/** Limits a query to the rows of an organization, and not for `allOrganizations`: only for calls that may act for all. */
export const ofOrganization = <Query extends Knex.QueryBuilder>(query: Query, organization: string): Query =>
  organization === allOrganizations ? query : (query.where({ organization }) as Query);
