import { type Database, defineRoute, type Route } from '../../../src/plugin.ts';
import { listAnswer, listQuery, sendList } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { developerExample, organizationExample } from '../examples.ts';
import { createProfileRepository } from '../organizations/profile-repository.ts';
import { findDeveloper } from './developer-look-up.ts';
import { createDeveloperRepository } from './developer-repository.ts';
import { developerParams } from './developer-schemas.ts';
import { mintDeveloperAnswer, mintDeveloperExample, toMintDeveloper } from './mint-developer.ts';

const path = '/v1/mint/organizations/:org_name/developers';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const org = { org_name: organizationExample };
/** Routes that read developers in the form of the monetization API. */
export function createMintDeveloperRoutes({ database }: { database: Database }): Route[] {
  return [
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listMintDevelopers',
      summary: 'List developers by e-mail address, in the form of the monetization API',
      params: organizationParams,
      query: listQuery,
      answers: {
        200: {
          description: 'The requested part of the list, and the total number of records.',
          schema: listAnswer('developer', mintDeveloperAnswer).meta({ schemaName: 'MintDeveloperList' }),
          example: { developer: [mintDeveloperExample], totalRecords: 1 },
        },
      },
      example: { params: org },
      handler: async ({ organization, query }, res) => {
        const [owner, found] = await database.read(async (db) => [
          await createProfileRepository(db).find(organization),
          await createDeveloperRepository(db).list(organization, { ...query, expand: true }),
        ]);
        await sendList(res, 'developer', found, (each) => toMintDeveloper(each, owner));
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:email`,
      operationId: 'getMintDeveloper',
      summary: 'Read a developer in the form of the monetization API',
      params: developerParams,
      answers: {
        200: { description: 'The developer.', schema: mintDeveloperAnswer, example: mintDeveloperExample },
        404: { description: 'There is no such developer.', codes: ['mint.resourceDoesNotExist'] },
      },
      example: { params: { ...org, email: developerExample } },
      handler: async ({ organization, params }, res) => {
        const [owner, found] = await database.read(async (db) => [
          await createProfileRepository(db).find(organization),
          await findDeveloper(db, organization, params.email),
        ]);
        res.json(toMintDeveloper(found, owner));
      },
    }),
  ];
}
