import Joi from 'joi';
import { type Attribute, attributeAnswer, attributesInput } from '../apigee/apigee-attributes.ts';
import { epochAnswer } from '../apigee/apigee-dates.ts';
import { keptMembers, maxKeptBytes } from '../apigee/apigee-kept.ts';
import { type KeyListQuery, keyListFields } from '../apigee/apigee-keys.ts';
import { idParam, nameText, plainText } from '../apigee/apigee-names.ts';

export interface ProductInput {
  name: string;
  displayName: string;
  attributes?: Attribute[];
}

/** Products with this attribute, and this value of it. */
export interface ProductListQuery extends KeyListQuery {
  attributename?: string;
  attributevalue?: string;
}

/** Members of products in the management API, then those of the monetization API. */
export const keptOfProduct = keptMembers([
  ...['apiResources', 'approvalType', 'description', 'environments', 'proxies', 'scopes'],
  ...['quota', 'quotaInterval', 'quotaTimeUnit', 'quotaCounterScope'],
  ...['graphqlOperationGroup', 'grpcOperationGroup', 'operationGroup'],
  ...['pricePoints', 'refundSuccessCriteria', 'status', 'transactionSuccessCriteria'],
]);

const name = nameText(190);
const displayName = plainText(190);

export const productInput = Joi.object<ProductInput>({
  name: name.required(),
  displayName: displayName.required(),
  attributes: attributesInput,
  ...keptOfProduct.fields,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'ProductInput' });

export const productChange = Joi.object<Partial<ProductInput>>({
  name,
  displayName,
  attributes: attributesInput,
  ...keptOfProduct.fields,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'ProductChange' });

export const productParams = Joi.object<{ org_name: string; name: string }>({ org_name: idParam, name: idParam });

export const productListQuery = Joi.object<ProductListQuery>({
  ...keyListFields,
  attributename: Joi.string().max(190).allow('').description('Products with this attribute.'),
  attributevalue: Joi.string()
    .max(maxKeptBytes)
    .allow('')
    .description('Products whose attribute `attributename` has this value.'),
}).prefs({ stripUnknown: true });

export const productAnswer = Joi.object({
  name: Joi.string().required(),
  displayName: Joi.string().required(),
  attributes: Joi.array().items(attributeAnswer).required(),
  createdAt: epochAnswer.required(),
  createdBy: Joi.string().allow('').required(),
  lastModifiedAt: epochAnswer.required(),
  lastModifiedBy: Joi.string().allow('').required(),
})
  .unknown()
  .description('Further members that the API family documents are stored and returned unchanged.')
  .meta({ schemaName: 'Product' });
