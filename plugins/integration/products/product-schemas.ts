import Joi from 'joi';
import { epochAnswer } from '../apigee/apigee-dates.ts';
import { keptMembers } from '../apigee/apigee-kept.ts';
import { idParam, nameText, plainText } from '../apigee/apigee-names.ts';

export interface ProductInput {
  name: string;
  displayName: string;
}

/** Members of products in the management API, then those of the monetization API. */
export const keptOfProduct = keptMembers([
  ...['apiResources', 'approvalType', 'attributes', 'description', 'environments', 'proxies', 'scopes'],
  ...['quota', 'quotaInterval', 'quotaTimeUnit', 'quotaCounterScope'],
  ...['graphqlOperationGroup', 'grpcOperationGroup', 'operationGroup'],
  ...['pricePoints', 'refundSuccessCriteria', 'status', 'transactionSuccessCriteria'],
]);

const name = nameText(190);
const displayName = plainText(190);

export const productInput = Joi.object<ProductInput>({
  name: name.required(),
  displayName: displayName.required(),
  ...keptOfProduct.fields,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'ProductInput' });

export const productChange = Joi.object<Partial<ProductInput>>({ name, displayName, ...keptOfProduct.fields })
  .prefs({
    stripUnknown: true,
  })
  .meta({ schemaName: 'ProductChange' });

export const productParams = Joi.object<{ org_name: string; name: string }>({ org_name: idParam, name: idParam });

export const productAnswer = Joi.object({
  name: Joi.string().required(),
  displayName: Joi.string().required(),
  createdAt: epochAnswer.required(),
  lastModifiedAt: epochAnswer.required(),
})
  .unknown()
  .description('Further members that the API family documents are stored and returned unchanged.')
  .meta({ schemaName: 'Product' });
