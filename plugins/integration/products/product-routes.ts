import { defineRoute, type Route } from '../../../src/plugin.ts';
import { listAnswer, listQuery, toListAnswer } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { organizationExample, productExample } from '../examples.ts';
import type { Product } from './product.ts';
import { keptOfProduct, productAnswer, productChange, productInput, productParams } from './product-schemas.ts';
import type { ProductService } from './product-service.ts';

const path = '/v1/organizations/:org_name/apiproducts';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const input = {
  name: productExample,
  displayName: 'Weather',
  approvalType: 'auto',
  description: 'Forecasts by place.',
  environments: ['prod'],
  proxies: ['forecast'],
  quota: '1000',
  quotaInterval: '1',
  quotaTimeUnit: 'day',
  scopes: [],
};
const answer = { ...input, createdAt: 1460162656342, lastModifiedAt: 1460162656342 };
const other = { name: 'tides', displayName: 'Tides' };
const org = { org_name: organizationExample };
const one = { ...org, name: input.name };
const notFound = { 404: { description: 'There is no such product.', codes: ['mint.resourceDoesNotExist'] } };
const found = { description: 'The product.', schema: productAnswer, example: answer };

/** Routes of products. */
export function createProductRoutes({ products }: { products: ProductService }): Route[] {
  return [
    defineRoute({
      ...write,
      method: 'POST',
      path,
      operationId: 'createProduct',
      summary: 'Create a product',
      params: organizationParams,
      body: productInput,
      verbatim: keptOfProduct.names,
      answers: {
        201: found,
        409: {
          description: 'The name is in use, or the organization has reached its limit of products.',
          codes: ['mint.resourceAlreadyExists', 'mint.limitReached'],
        },
      },
      example: { params: org, bodies: { 'A product': input, 'A product to delete': other } },
      withoutTransaction: true,
      transact: async (req, db) => ({
        status: 201,
        body: toAnswer(await products.create(db, req.organization, keptOfProduct.withKept(req))),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listProducts',
      summary: 'List products by name',
      params: organizationParams,
      query: listQuery,
      answers: {
        200: {
          description: 'The requested part of the list, and the total number of records.',
          schema: listAnswer('apiProduct', productAnswer).meta({ schemaName: 'ProductList' }),
          example: { apiProduct: [answer], totalRecords: 1 },
        },
      },
      example: { params: org },
      handler: async (req, res) =>
        res.json(toListAnswer('apiProduct', await products.list(req.organization, req.query), toAnswer)),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:name`,
      operationId: 'getProduct',
      summary: 'Read a product',
      params: productParams,
      answers: { 200: found, ...notFound },
      example: { params: one },
      handler: async (req, res) => res.json(toAnswer(await products.read(req.organization, req.params.name))),
    }),
    defineRoute({
      ...write,
      method: 'PUT',
      path: `${path}/:name`,
      operationId: 'updateProduct',
      summary: 'Change a product',
      description: 'Omitted fields keep their values. The name cannot be changed.',
      params: productParams,
      body: productChange,
      verbatim: keptOfProduct.names,
      answers: {
        200: found,
        400: { description: 'The name cannot be changed.', codes: ['mint.idCannotBeChanged'] },
        ...notFound,
      },
      example: { params: one, body: input },
      transact: async (req, trx) => ({
        status: 200,
        body: toAnswer(await products.update(trx, req.organization, req.params.name, keptOfProduct.withKept(req))),
      }),
    }),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: `${path}/:name`,
      operationId: 'deleteProduct',
      summary: 'Delete a product',
      params: productParams,
      answers: {
        204: { description: 'The product was deleted.' },
        ...notFound,
        409: { description: 'The product is part of a package.', codes: ['mint.productIsInPackage'] },
      },
      example: { params: { ...org, name: other.name } },
      transact: async (req, trx) => {
        await products.delete(trx, req.organization, req.params.name);
        return { status: 204 };
      },
    }),
  ];
}

const toAnswer = (product: Product) => ({
  name: product.name,
  displayName: product.displayName,
  ...product.kept,
  createdAt: Math.floor(product.createdAt / 1000),
  lastModifiedAt: Math.floor(product.updatedAt / 1000),
});
