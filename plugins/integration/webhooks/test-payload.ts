import Joi from 'joi';
import { mintError } from '../apigee/apigee-errors.ts';
import { type Subject, toCallbackBody } from '../usage/callback-body.ts';

export interface TestProperty {
  key: string;
  value: unknown;
}

/** A test call: the callback's members with values as text, for the caller to edit. */
export interface TestCall {
  eventTriggerReason: string;
  properties: TestProperty[];
}

type CallbackBody = ReturnType<typeof toCallbackBody>;

const sample = { target: 1000n, threshold: 80, cycle: 0 };

const text = Joi.string().allow('').required();
const number = Joi.number().integer().required();

/** Numbers are accepted as text, too. */
const members = Joi.object<CallbackBody>({
  ...{ orgName: text, developerEmail: text, developerFirstName: text, developerLastName: text },
  ...{ companyName: text, applicationName: text, packageName: text, packageId: text },
  ...{ ratePlanId: text, ratePlanName: text, ratePlanType: text },
  ...{ developerRatePlanQuotaTarget: number, quotaPercentUsed: number, ratePlanStartDate: number },
  ratePlanEndDate: Joi.number().integer().allow(null).empty('').default(null),
  nextBillingCycleStartDate: number,
  products: Joi.array().items(Joi.string()).required(),
  developerCustomAttributes: Joi.array()
    .items(Joi.object({ name: text, value: text }))
    .required(),
  triggerTime: number,
  developerQuotaResetDate: text,
}).prefs({ convert: true, abortEarly: false, errors: { wrap: { label: false } } });

const lists = new Set(['products', 'developerCustomAttributes']);

/** Accepts a list as JSON or as text. */
function listOf(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

const sampleBody = (subject: Subject, application: string, time: number): CallbackBody =>
  toCallbackBody(subject, { ...sample, application, time });

const textOf = (value: unknown): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** A call that can be posted unchanged. `time` is microseconds since 1970. */
export function sampleCall(subject: Subject, application: string, time: number): TestCall {
  const { triggerReason: eventTriggerReason, ...changeable } = sampleBody(subject, application, time);
  const properties = Object.entries(changeable).map(([key, value]) => ({ key, value: textOf(value) }));
  return { eventTriggerReason, properties };
}

/** The callback's body with the given members changed. Throws `mint.unknownProperty` or `mint.invalidProperty`. */
export function testBody(
  subject: Subject,
  application: string,
  properties: readonly TestProperty[],
  time: number,
): CallbackBody {
  const body = sampleBody(subject, application, time);
  const { triggerReason, ...changeable } = body;
  const unknown = properties.find(({ key }) => !Object.hasOwn(changeable, key));
  if (unknown) {
    const contexts = [{ name: 'key', value: unknown.key }];
    throw mintError(
      400,
      'unknownProperty',
      `A callback has no property [${unknown.key}] that can be changed`,
      contexts,
    );
  }
  const chosen = Object.fromEntries(properties.map(({ key, value }) => [key, lists.has(key) ? listOf(value) : value]));
  const { error, value } = members.validate({ ...changeable, ...chosen });
  if (error) {
    const contexts = error.details.map(({ path, message }) => ({ name: String(path[0]), value: message }));
    throw mintError(
      400,
      'invalidProperty',
      'One or more properties have a value that a callback cannot have',
      contexts,
    );
  }
  return { ...body, ...value, triggerReason };
}
