import { type JSX, useId } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { useDevelopers } from '../../../api/developers.ts';
import { cycleMonthsOf, useRatePlans } from '../../../api/rate-plans.ts';
import * as m from '../../../texts/messages.js';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { filled } from '../rules.ts';
import type { SubscriptionValues } from './subscription-values.ts';

/** Developer and plan of a new subscription. */
export function SubscriberFields({
  form,
  hasDeveloper,
}: {
  form: UseFormReturn<SubscriptionValues>;
  hasDeveloper: boolean;
}): JSX.Element {
  const id = useId();
  const developers = useDevelopers().items ?? [];
  const plans = (useRatePlans().items ?? []).filter(({ published }) => published);
  const { register, formState } = form;
  const { errors } = formState;
  return (
    <>
      {!hasDeveloper && (
        <>
          <TextField
            label={m.rate_plans_developer()}
            hint={m.rate_plans_developer_hint()}
            type="email"
            list={id}
            required
            error={errors.email?.message}
            {...register('email', { validate: filled })}
          />
          <datalist id={id}>
            {developers.map(({ email, firstName, lastName }) => (
              <option key={email} value={email} label={`${firstName} ${lastName}`} />
            ))}
          </datalist>
        </>
      )}
      <SelectField
        label={m.rate_plans_plan()}
        hint={plans.length === 0 ? m.rate_plans_no_published() : undefined}
        required
        error={errors.planId?.message}
        {...register('planId', { validate: filled })}
      >
        <option value="">{m.rate_plans_choose()}</option>
        {plans.map((plan) => (
          <option key={plan.id} value={plan.id}>
            {cycleMonthsOf(plan) === undefined
              ? `${plan.displayName} (${m.rate_plans_not_adjustable()})`
              : plan.displayName}
          </option>
        ))}
      </SelectField>
    </>
  );
}
