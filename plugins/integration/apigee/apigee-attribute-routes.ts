import Joi from 'joi';
import { defineRoute, type Knex, type Route } from '../../../src/plugin.ts';
import {
  type Attribute,
  attributeAnswer,
  attributeIn,
  attributesInput,
  attributeValueInput,
  withAttribute,
  withoutAttribute,
} from './apigee-attributes.ts';
import { type Caller, callerOf } from './apigee-caller.ts';
import { idParam, plainText } from './apigee-names.ts';

/** The attributes of one kind of resources. Each function throws `mint.resourceDoesNotExist` about the resource. */
export interface AttributeStore<Params> {
  read(organization: string, params: Params): Promise<readonly Attribute[]>;
  /** Replaces the attributes by the result of `change`, whose errors it passes on. */
  change(
    trx: Knex,
    caller: Caller,
    params: Params,
    change: (attributes: readonly Attribute[]) => Attribute[],
  ): Promise<void>;
}

/** A kind of resources: `name` is `Product`, `title` is `product`, and `params` has the parameters of `path`. */
export interface AttributeOwner<Params> {
  readonly name: string;
  readonly title: string;
  readonly path: string;
  readonly params: Joi.ObjectSchema<Params>;
  /** Parameters of the path in the documentation's examples. */
  readonly example: Readonly<Record<string, string>>;
}

const list = Joi.object({ attribute: Joi.array().items(attributeAnswer).required() }).meta({
  schemaName: 'AttributeList',
});
const listInput = Joi.object<{ attribute: Attribute[] }>({ attribute: attributesInput.required() })
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'AttributeListInput' });
const shown = { name: 'access', value: 'public' };
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

/** Routes of the custom attributes of a kind of resources, below the path of one resource. */
export function createAttributeRoutes<Params>(
  owner: AttributeOwner<Params>,
  attributes: AttributeStore<Params>,
): Route[] {
  const { name, title, params, example } = owner;
  const path = `${owner.path}/attributes`;
  const subject = /^[aeio]/.test(title) ? `an ${title}` : `a ${title}`;
  const oneParams = (params as Joi.ObjectSchema).keys({ attribute: idParam }) as Joi.ObjectSchema<
    Params & { attribute: string }
  >;
  const newParams = (params as Joi.ObjectSchema).keys({ attribute: plainText(190).required() }) as typeof oneParams;
  const missing = `There is no such ${title}`;
  const notFound = { 404: { description: `${missing}.`, codes: ['mint.resourceDoesNotExist'] } };
  const noneFound = {
    404: { description: `${missing}, or it has no such attribute.`, codes: ['mint.resourceDoesNotExist'] },
  };
  const all = { description: 'The attributes.', schema: list, example: { attribute: [shown] } };
  const one = { description: 'The attribute.', schema: attributeAnswer, example: shown };

  return [
    defineRoute({
      ...write,
      method: 'POST',
      path,
      operationId: `update${name}Attributes`,
      summary: `Replace the attributes of ${subject}`,
      description: 'Attributes that the body does not have are removed.',
      params,
      body: listInput,
      answers: { 200: all, ...notFound },
      example: { params: example, body: { attribute: [shown] } },
      transact: async (req, trx) => {
        await attributes.change(trx, callerOf(req), req.params, () => req.body.attribute);
        return { status: 200, body: { attribute: req.body.attribute } };
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: `list${name}Attributes`,
      summary: `List the attributes of ${subject}`,
      params,
      answers: { 200: all, ...notFound },
      example: { params: example },
      handler: async (req, res) => res.json({ attribute: await attributes.read(req.organization, req.params) }),
    }),
    defineRoute({
      ...write,
      method: 'POST',
      path: `${path}/:attribute`,
      operationId: `update${name}Attribute`,
      summary: `Set an attribute of ${subject}`,
      description: 'Creates the attribute if there is none of this name.',
      params: newParams,
      body: attributeValueInput,
      answers: { 200: one, ...notFound },
      example: { params: { ...example, attribute: shown.name }, body: { value: shown.value } },
      transact: async (req, trx) => {
        const changed = { name: req.params.attribute, value: req.body.value };
        const change = (before: readonly Attribute[]) => withAttribute(before, changed);
        await attributes.change(trx, callerOf(req), req.params, change);
        return { status: 200, body: changed };
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:attribute`,
      operationId: `get${name}Attribute`,
      summary: `Read an attribute of ${subject}`,
      params: oneParams,
      answers: { 200: one, ...noneFound },
      example: { params: { ...example, attribute: shown.name } },
      handler: async (req, res) =>
        res.json(attributeIn(await attributes.read(req.organization, req.params), req.params.attribute)),
    }),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: `${path}/:attribute`,
      operationId: `delete${name}Attribute`,
      summary: `Delete an attribute of ${subject}`,
      params: oneParams,
      answers: { 200: { ...one, description: 'The attribute that was deleted.' }, ...noneFound },
      example: { params: { ...example, attribute: shown.name } },
      transact: async (req, trx) => {
        const attribute = req.params.attribute;
        let deleted: Attribute | undefined;
        await attributes.change(trx, callerOf(req), req.params, (before) => {
          deleted = attributeIn(before, attribute);
          return withoutAttribute(before, attribute);
        });
        return { status: 200, body: deleted };
      },
    }),
  ];
}
