import { HookgateError, isHookgateError } from 'hookgate/client';
import { fieldErrorsOf } from '../../api/describe-error.ts';
import * as m from '../../texts/messages.js';

const texts: Readonly<Record<string, () => string>> = {
  'mint.resourceAlreadyExists': m.rate_plans_refused_taken,
  'mint.limitReached': m.rate_plans_refused_limit,
  'mint.packageHasRatePlans': m.rate_plans_refused_package_has_plans,
  'mint.publishedRatePlanCannotBeChanged': m.rate_plans_refused_published,
  'mint.publishedRatePlanCannotBeDeleted': m.rate_plans_refused_published,
  'mint.ratePlanHasNotificationConditions': m.rate_plans_refused_has_notifications,
  'mint.endDateEarlierThanStart': m.rate_plans_refused_end_before_start,
  'mint.endDateLaterThanPlanEndDate': m.rate_plans_refused_end_after_plan,
  'mint.startDateEarlierThanToday': m.rate_plans_refused_start_past,
  'mint.startDateEarlierThanPlanStartDate': m.rate_plans_refused_start_before_plan,
  'mint.startDateLaterThanPlanEndDate': m.rate_plans_refused_start_after_plan,
  'mint.ratePlanNotPublished': m.rate_plans_refused_not_published,
  'mint.ratePlanNotAdjustable': m.rate_plans_refused_not_adjustable,
  'mint.ratePlanDoesNotExist': m.rate_plans_refused_missing,
  'mint.developerAlreadyActiveOnRatePlan': m.rate_plans_refused_already_active,
  'mint.productIsInPackage': m.rate_plans_refused_product_in_package,
  'mint.developerHasRatePlans': m.rate_plans_refused_developer_has_plans,
  'mint.webhookDoesNotExist': m.rate_plans_refused_webhook_missing,
  'mint.tooManyThresholds': m.rate_plans_notify_too_many,
};

const missing: Readonly<Record<string, () => string>> = {
  Developer: m.rate_plans_refused_no_developer,
  Product: m.rate_plans_refused_no_product,
};

/** The type of the resource that does not exist; undefined for other errors. */
function missingType({ code, details }: HookgateError): string | undefined {
  if (code !== 'mint.resourceDoesNotExist' || !Array.isArray(details.contexts)) return undefined;
  const contexts: readonly { name?: unknown; value?: unknown }[] = details.contexts;
  return String(contexts.find(({ name }) => name === 'type')?.value ?? '');
}

/** The same error with the refusal explained in the reader's language, where the code is known. */
export function explained(error: unknown): unknown {
  if (!isHookgateError(error)) return error;
  const type = missingType(error);
  const text = type === undefined ? texts[error.code]?.() : (missing[type] ?? m.rate_plans_refused_missing)();
  if (text === undefined) return error;
  const { code, status, details, requestId } = error;
  return new HookgateError(code, text, { status, details, requestId, cause: error });
}

/** For questions and switches: rejects with the explained error. */
export async function explaining<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw explained(error);
  }
}

/** The field of a form that a refusal is about. */
export interface FieldNames<Field extends string> {
  /** By the code of the error. */
  readonly codes?: Readonly<Record<string, Field>>;
  /** By the type of the resource that does not exist. */
  readonly types?: Readonly<Record<string, Field>>;
  /** By the field of the API that did not validate, such as `ratePlanDetails.0.duration`. */
  readonly paths?: Readonly<Record<string, Field>>;
}

/** Problems of fields in an explained error; empty if it is about no field of the form. */
export function fieldProblems<Field extends string>(error: unknown, names: FieldNames<Field>): [Field, string][] {
  if (!isHookgateError(error)) return [];
  const field = names.codes?.[error.code] ?? names.types?.[missingType(error) ?? ''];
  if (field !== undefined) return [[field, error.message]];
  return [...fieldErrorsOf(error)].flatMap(([path, message]) => {
    const known = names.paths?.[path];
    return known === undefined ? [] : [[known, message] as [Field, string]];
  });
}
