import type { JSX } from 'react';
import { type UseFormReturn, useForm } from 'react-hook-form';
import { cycleMonthsOf, type RatePlan, usePackages, usePlanChanges } from '../../../api/rate-plans.ts';
import * as m from '../../../texts/messages.js';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { CheckField, SelectField, TextField } from '../../../ui/field.tsx';
import { FormEnd } from '../../../ui/form-end.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { filled, validName } from '../rules.ts';
import { useSubmit } from '../use-submit.ts';
import { newPlan, type PlanValues, toChange, toInput, valuesOf } from './plan-input.ts';

const names = {
  codes: {
    'mint.resourceAlreadyExists': 'name',
    'mint.endDateEarlierThanStart': 'end',
  },
  types: { MonetizationPackage: 'packageId' },
  paths: {
    name: 'name',
    displayName: 'name',
    startDate: 'start',
    endDate: 'end',
    ratePlanDetails: 'months',
    'ratePlanDetails.0.duration': 'months',
  },
} as const;

interface PlanDialogProps {
  /** The plan to change; undefined: a new one. */
  readonly plan?: RatePlan;
  /** The package of a new plan, if it is known. */
  readonly packageId?: string | undefined;
  readonly onClose: () => void;
}

/** A new adjustable notification plan, or a change of a plan. Of a published plan only the end can be changed. */
export function PlanDialog({ plan, packageId = '', onClose }: PlanDialogProps): JSX.Element {
  const { createPlan, updatePlan } = usePlanChanges();
  const form = useForm<PlanValues>({ defaultValues: plan ? valuesOf(plan) : newPlan(packageId) });
  const { error, busy, submit } = useSubmit({
    form,
    names,
    save: (values) => (plan ? updatePlan(plan, toChange(plan, values)) : createPlan(values.packageId, toInput(values))),
    onDone: () => {
      toast(plan ? m.rate_plans_plan_saved() : m.rate_plans_plan_made());
      onClose();
    },
  });
  return (
    <Dialog
      title={plan ? m.rate_plans_edit_plan({ name: plan.displayName }) : m.rate_plans_new_plan()}
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {!plan && <p className="text-muted">{m.rate_plans_new_plan_hint()}</p>}
        {plan?.published && <p className="text-muted">{m.rate_plans_published_hint()}</p>}
        {!plan?.published && <DraftFields form={form} plan={plan} />}
        <Days form={form} isPublished={plan?.published ?? false} />
        {!plan && (
          <div>
            <CheckField
              label={m.rate_plans_publish_now()}
              aria-describedby="publish-hint"
              {...form.register('publish')}
            />
            <p id="publish-hint" className="text-sm text-muted">
              {m.rate_plans_publish_now_hint()}
            </p>
          </div>
        )}
        {error !== undefined && <ErrorNote error={error} />}
        <FormEnd busy={busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function DraftFields({ form, plan }: { form: UseFormReturn<PlanValues>; plan: RatePlan | undefined }): JSX.Element {
  const packages = usePackages().items ?? [];
  const { register, formState } = form;
  const { errors } = formState;
  return (
    <>
      {!plan && (
        <SelectField
          label={m.rate_plans_package()}
          required
          error={errors.packageId?.message}
          {...register('packageId', { validate: filled })}
        >
          <option value="">{m.rate_plans_choose()}</option>
          {packages.map(({ id, displayName }) => (
            <option key={id} value={id}>
              {displayName}
            </option>
          ))}
        </SelectField>
      )}
      <TextField
        label={m.rate_plans_name()}
        required
        maxLength={plan ? 190 : 120}
        error={errors.name?.message}
        {...register('name', { validate: plan ? filled : validName })}
      />
      {(!plan || cycleMonthsOf(plan) !== undefined) && (
        <SelectField
          label={m.rate_plans_duration()}
          hint={m.rate_plans_duration_hint()}
          error={errors.months?.message}
          {...register('months')}
        >
          {Array.from({ length: 24 }, (_, index) => String(index + 1)).map((months) => (
            <option key={months} value={months}>
              {months === '1' ? m.rate_plans_one_month() : m.rate_plans_months({ months })}
            </option>
          ))}
        </SelectField>
      )}
    </>
  );
}

function Days({ form, isPublished }: { form: UseFormReturn<PlanValues>; isPublished: boolean }): JSX.Element {
  const { register, formState, getValues } = form;
  const { errors } = formState;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {!isPublished && (
        <TextField
          label={m.rate_plans_start()}
          type="date"
          required
          error={errors.start?.message}
          {...register('start', { validate: filled })}
        />
      )}
      <TextField
        label={m.rate_plans_end()}
        type="date"
        hint={m.rate_plans_end_hint()}
        error={errors.end?.message}
        {...register('end', {
          validate: (end) => end === '' || end >= getValues('start') || m.rate_plans_refused_end_before_start(),
        })}
      />
    </div>
  );
}
