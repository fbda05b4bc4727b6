import Joi from 'joi';
import { defineRoute, type Route } from '../../../src/plugin.ts';
import { notSupported } from '../apigee/apigee-errors.ts';
import { listAnswer, sendList, toListQuery } from '../apigee/apigee-lists.ts';
import { emailParam, idParam, organizationParams } from '../apigee/apigee-names.ts';
import { developerExample, organizationExample, packageExample, productExample } from '../examples.ts';
import { briefProfileExample, ownerExample } from '../organizations/brief-profile.ts';
import { toProfile } from '../organizations/profile-view.ts';
import type { OwnedPackage } from './package.ts';
import {
  developerPackagesQuery,
  packageAnswer,
  packageInput,
  packageListQuery,
  packageParams,
  packageProductInput,
  packageProductParams,
} from './package-schemas.ts';
import type { PackageService } from './package-service.ts';
import { toBriefPackage } from './package-view.ts';

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
const product = {
  ...{ id: productExample, name: productExample, displayName: 'Weather', description: 'Forecasts by place.' },
  ...{ organization: { id: organizationExample }, status: 'CREATED' },
};
const answer = { ...input, id: packageExample, organization: toProfile(ownerExample), product: [product] };
const listed = {
  description: 'The requested part of the list, and the total number of records.',
  schema: listAnswer('monetizationPackage', packageAnswer).meta({ schemaName: 'PackageList' }),
  example: { monetizationPackage: [{ ...answer, organization: briefProfileExample }], totalRecords: 1 },
};
const other = { name: 'Coast', description: 'Tides and waves.', product: [{ id: productExample }] };
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
      query: packageListQuery,
      answers: { 200: listed },
      example: { params: org },
      handler: async (req, res) => {
        const found = await packages.list(req.organization, req.query, req.query.monetized);
        await sendList(res, 'monetizationPackage', found, toBriefPackage);
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: '/v1/mint/organizations/:org_name/developers/:email/monetization-packages',
      operationId: 'listPackagesOfDeveloper',
      summary: 'List the packages that a developer has or may have',
      description: 'Ordered by id. Returns everything unless `size` or `page` is given.',
      params: Joi.object<{ org_name: string; email: string }>({ org_name: idParam, email: emailParam }),
      query: developerPackagesQuery,
      answers: {
        200: listed,
        404: { description: 'There is no such developer.', codes: ['mint.resourceDoesNotExist'] },
      },
      example: { params: { ...org, email: developerExample } },
      handler: async (req, res) => {
        const wanted = toListQuery(req.query);
        const found = await packages.listOfDeveloper(req.organization, req.params.email, wanted, req.query);
        await sendList(res, 'monetizationPackage', found, toBriefPackage);
      },
    }),
    defineRoute({
      ...write,
      method: 'POST',
      path: `${path}/:package_id/products/:product_id`,
      operationId: 'createPackageProduct',
      summary: 'Add a product to a package',
      description: 'Subscriptions to plans of the package count usage of the product from then on.',
      params: packageProductParams,
      body: packageProductInput,
      answers: {
        200: found,
        404: { description: 'There is no such package or product.', codes: ['mint.resourceDoesNotExist'] },
        409: { description: 'The package has 100 products.', codes: ['mint.limitReached'] },
        501: { description: 'The body has a rate plan of the product alone.', codes: ['mint.notSupported'] },
      },
      example: { params: { ...one, product_id: productExample }, body: {} },
      transact: async (req, trx) => {
        if (Object.keys(req.body ?? {}).length > 0)
          throw notSupported('Rate plans of a single product of a package do not exist here');
        const { package_id, product_id } = req.params;
        return {
          status: 200,
          body: toAnswer(await packages.addProduct(trx, req.organization, package_id, product_id)),
        };
      },
    }),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: `${path}/:package_id/products/:product_id`,
      operationId: 'deletePackageProduct',
      summary: 'Remove a product from a package',
      description: 'Usage that was counted stays counted.',
      params: packageProductParams,
      answers: {
        204: { description: 'The package does not have the product any more.' },
        404: {
          description: 'There is no such package, or it has no such product.',
          codes: ['mint.resourceDoesNotExist'],
        },
      },
      example: { params: { ...org, package_id: 'coast', product_id: productExample } },
      transact: async (req, trx) => {
        await packages.removeProduct(trx, req.organization, req.params.package_id, req.params.product_id);
        return { status: 204 };
      },
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

const toAnswer = (entry: OwnedPackage) => ({ ...toBriefPackage(entry), organization: toProfile(entry.owner) });
