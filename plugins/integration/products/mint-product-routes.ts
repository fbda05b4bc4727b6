import Joi from 'joi';
import { defineRoute, type Route } from '../../../src/plugin.ts';
import { type ListQuery, listAnswer, listFields, partFields, sendList, toListQuery } from '../apigee/apigee-lists.ts';
import { emailParam, idParam, organizationParams } from '../apigee/apigee-names.ts';
import { developerExample, organizationExample, productExample } from '../examples.ts';
import { ownerExample } from '../organizations/brief-profile.ts';
import type { MintProductService } from './mint-product-service.ts';
import { mintProductAnswer, toMintProduct } from './mint-product-view.ts';

const base = '/v1/mint/organizations/:org_name';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const org = { org_name: organizationExample };
const answer = toMintProduct(
  {
    ...{ organization: organizationExample, name: productExample, displayName: 'Weather', attributes: [] },
    ...{ createdBy: '', updatedBy: '', createdAt: 0, updatedAt: 0 },
    kept: { description: 'Forecasts by place.', transactionSuccessCriteria: "txProviderStatus == 'OK'" },
  },
  ownerExample,
);
const list = listAnswer('product', mintProductAnswer).meta({ schemaName: 'MintProductList' });
const listed = {
  description: 'The requested part of the list, and the total number of records.',
  schema: list,
  example: { product: [answer], totalRecords: 1 },
};
const notFound = (type: string) => ({
  404: { description: `There is no such ${type}.`, codes: ['mint.resourceDoesNotExist'] },
});

interface MonetizedQuery extends ListQuery {
  monetized: boolean;
}

const monetizedQuery = Joi.object<MonetizedQuery>({
  ...listFields,
  monetized: Joi.boolean().sensitive().default(false).description('Only products with a published rate plan.'),
}).prefs({ stripUnknown: true });

/** Routes that read products in the form of the monetization API. */
export function createMintProductRoutes({ products }: { products: MintProductService }): Route[] {
  return [
    defineRoute({
      ...read,
      method: 'GET',
      path: `${base}/products`,
      operationId: 'listMintProducts',
      summary: 'List products by name, in the form of the monetization API',
      params: organizationParams,
      query: monetizedQuery,
      answers: { 200: listed },
      example: { params: org },
      handler: async (req, res) => {
        const { owner, ...found } = await products.list(req.organization, req.query, req.query.monetized);
        await sendList(res, 'product', found, (product) => toMintProduct(product, owner));
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${base}/products/:product_id`,
      operationId: 'getMintProduct',
      summary: 'Read a product in the form of the monetization API',
      params: Joi.object<{ org_name: string; product_id: string }>({ org_name: idParam, product_id: idParam }),
      answers: {
        200: { description: 'The product.', schema: mintProductAnswer, example: answer },
        ...notFound('product'),
      },
      example: { params: { ...org, product_id: productExample } },
      handler: async (req, res) => {
        const found = await products.read(req.organization, req.params.product_id);
        res.json(toMintProduct(found.product, found.owner));
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${base}/developers/:email/eligible-products`,
      operationId: 'listEligibleProducts',
      summary: 'List the products that a developer may use',
      description:
        'Products without a published rate plan, and products of running subscriptions of the developer. Returns everything unless `size` or `page` is given.',
      params: Joi.object<{ org_name: string; email: string }>({ org_name: idParam, email: emailParam }),
      query: Joi.object<Partial<ListQuery>>(partFields).prefs({ stripUnknown: true }),
      answers: { 200: listed, ...notFound('developer') },
      example: { params: { ...org, email: developerExample } },
      handler: async (req, res) => {
        const wanted = toListQuery(req.query);
        const { owner, ...found } = await products.listEligible(req.organization, req.params.email, wanted);
        await sendList(res, 'product', found, (product) => toMintProduct(product, owner));
      },
    }),
  ];
}
