import { defineRoute, type Route } from '../../../src/plugin.ts';
import { listAnswer, listQuery, toListAnswer } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { organizationExample, packageExample, productExample } from '../examples.ts';
import type { Package } from './package.ts';
import { packageAnswer, packageInput, packageParams } from './package-schemas.ts';
import type { PackageService } from './package-service.ts';

const path = '/v1/mint/organizations/:org_name/monetization-packages';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const input = {
  name: 'Location',
  displayName: 'Location',
  description: 'Geocoding and maps.',
  product: [{ id: productExample }],
  status: 'ACTIVE',
};
const answer = {
  ...input,
  id: packageExample,
  organization: { id: organizationExample },
  product: [{ id: productExample, name: productExample, displayName: 'Weather' }],
};
const other = { name: 'Coast', description: 'Tides and waves.' };
const org = { org_name: organizationExample };
const one = { ...org, package_id: answer.id };
const notFound = { 404: { description: 'There is no such package.', codes: ['mint.resourceDoesNotExist'] } };
const found = { description: 'The package.', schema: packageAnswer, example: answer };

/** Routes of packages. */
export function createPackageRoutes({ packages }: { packages: PackageService }): Route[] {
  return [
    defineRoute({
      ...write,
      method: 'POST',
      path,
      operationId: 'createPackage',
      summary: 'Create a package of products',
      description: "The package's id is its name in lower case.",
      params: organizationParams,
      body: packageInput,
      answers: {
        201: found,
        404: { description: 'A product does not exist.', codes: ['mint.resourceDoesNotExist'] },
        409: {
          description: 'The id is in use, or the organization has reached its limit of packages.',
          codes: ['mint.resourceAlreadyExists', 'mint.limitReached'],
        },
      },
      example: { params: org, bodies: { 'A package': input, 'A package to delete': other } },
      transact: async (req, trx) => ({
        status: 201,
        body: toAnswer(await packages.create(trx, req.organization, req.body)),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listPackages',
      summary: 'List packages by id',
      params: organizationParams,
      query: listQuery,
      answers: {
        200: {
          description: 'The requested part of the list, and the total number of records.',
          schema: listAnswer('monetizationPackage', packageAnswer).meta({ schemaName: 'PackageList' }),
          example: { monetizationPackage: [answer], totalRecords: 1 },
        },
      },
      example: { params: org },
      handler: async (req, res) =>
        res.json(toListAnswer('monetizationPackage', await packages.list(req.organization, req.query), toAnswer)),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:package_id`,
      operationId: 'getPackage',
      summary: 'Read a package',
      params: packageParams,
      answers: { 200: found, ...notFound },
      example: { params: one },
      handler: async (req, res) => res.json(toAnswer(await packages.read(req.organization, req.params.package_id))),
    }),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: `${path}/:package_id`,
      operationId: 'deletePackage',
      summary: 'Delete a package',
      params: packageParams,
      answers: {
        204: { description: 'The package was deleted.' },
        ...notFound,
        409: { description: 'The package has rate plans.', codes: ['mint.packageHasRatePlans'] },
      },
      example: { params: { ...org, package_id: 'coast' } },
      transact: async (req, trx) => {
        await packages.delete(trx, req.organization, req.params.package_id);
        return { status: 204 };
      },
    }),
  ];
}

const toAnswer = ({ id, name, displayName, description, status, organization, products }: Package) => ({
  id,
  name,
  displayName,
  description,
  status,
  organization: { id: organization },
  product: products.map((product) => ({ id: product.name, ...product })),
});
