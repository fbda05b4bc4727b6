import { defineRoute, type Route } from '../../../src/plugin.ts';
import { createAttributeRoutes } from '../apigee/apigee-attribute-routes.ts';
import { callerOf } from '../apigee/apigee-caller.ts';
import { toHistoryAnswer } from '../apigee/apigee-history.ts';
import { keyListAnswer } from '../apigee/apigee-keys.ts';
import { sendList } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { organizationExample, productExample } from '../examples.ts';
import type { Product } from './product.ts';
import {
  keptOfProduct,
  productAnswer,
  productChange,
  productInput,
  productListQuery,
  productParams,
} from './product-schemas.ts';
import type { ProductService } from './product-service.ts';

const path = '/v1/organizations/:org_name/apiproducts';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const input = {
  name: productExample,
  displayName: 'Weather',
  apiResources: ['/forecast/**'],
  approvalType: 'auto',
  attributes: [{ name: 'access', value: 'public' }],
  description: 'Forecasts by place.',
  environments: ['prod'],
  proxies: ['forecast'],
  quota: '1000',
  quotaInterval: '1',
  quotaTimeUnit: 'day',
  scopes: [],
};
const answer = {
  ...input,
  createdAt: 1460162656342,
  createdBy: 'joe@example.com',
  lastModifiedAt: 1460162656342,
  lastModifiedBy: 'joe@example.com',
};
const other = { name: 'tides', displayName: 'Tides' };
const deleted = { ...answer, ...other, attributes: [] };
const org = { org_name: organizationExample };
const one = { ...org, name: input.name };
const notFound = { 404: { description: 'There is no such product.', codes: ['mint.resourceDoesNotExist'] } };
const found = { description: 'The product.', schema: productAnswer, example: answer };

/** Routes of products. */
export function createProductRoutes({ products }: { products: ProductService }): Route[] {
  /** Clients of this API family change products by PUT or POST. */
  const change = (method: 'PUT' | 'POST', operationId: string): Route =>
    defineRoute({
      ...write,
      method,
      path: `${path}/:name`,
      operationId,
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
        body: toAnswer(await products.update(trx, callerOf(req), req.params.name, keptOfProduct.withKept(req))),
      }),
    });

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
        body: toAnswer(await products.create(db, callerOf(req), keptOfProduct.withKept(req))),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listProducts',
      summary: 'List products by name',
      description:
        'Returns the names, or with `expand=true` whole products and the number of all. Returns everything unless `count`, `size` or `page` is given.',
      params: organizationParams,
      query: productListQuery,
      answers: {
        200: {
          description: 'The names; with `expand=true` the products, and the total number of records.',
          schema: keyListAnswer('apiProduct', productAnswer, 'ProductList'),
          example: { apiProduct: [answer], totalRecords: 1 },
        },
      },
      example: { params: org, query: { expand: 'true' } },
      handler: async (req, res) => {
        const { organization, query } = req;
        if (!query.expand) return res.json(await products.names(organization, query));
        return sendList(res, 'apiProduct', await products.list(organization, query), toAnswer);
      },
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
    change('PUT', 'updateProduct'),
    change('POST', 'updateProductByPost'),
    ...createAttributeRoutes(
      { name: 'Product', title: 'product', path: `${path}/:name`, params: productParams, example: one },
      products.attributes,
    ),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: `${path}/:name`,
      operationId: 'deleteProduct',
      summary: 'Delete a product',
      params: productParams,
      answers: {
        200: { ...found, description: 'The product that was deleted.', example: deleted },
        ...notFound,
        409: { description: 'The product is part of a package.', codes: ['mint.productIsInPackage'] },
      },
      example: { params: { ...org, name: other.name } },
      transact: async (req, trx) => ({
        status: 200,
        body: toAnswer(await products.delete(trx, req.organization, req.params.name)),
      }),
    }),
  ];
}

const toAnswer = (product: Product) => ({
  name: product.name,
  displayName: product.displayName,
  attributes: product.attributes,
  ...product.kept,
  ...toHistoryAnswer(product),
});
