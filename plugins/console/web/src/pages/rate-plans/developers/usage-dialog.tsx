import { type JSX, useId, useState } from 'react';
import { type UseFormReturn, useForm } from 'react-hook-form';
import { type Developer, useDevelopers } from '../../../api/developers.ts';
import { useProducts } from '../../../api/products.ts';
import { type ReportedUsage, useReportUsage } from '../../../api/usage.ts';
import * as m from '../../../texts/messages.js';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { FormEnd } from '../../../ui/form-end.tsx';
import { filled, wholeNumber } from '../rules.ts';
import { useSubmit } from '../use-submit.ts';
import { UsageResult } from './usage-result.tsx';

interface Input {
  email: string;
  application: string;
  product: string;
  count: string;
}

const mostCount = 1_000_000;

const names = {
  types: { Developer: 'email', Product: 'product' },
  paths: { 'developer.id': 'email', 'application.id': 'application', 'product.id': 'product', batchSize: 'count' },
} as const;

interface UsageDialogProps {
  readonly developer?: Developer | undefined;
  readonly onClose: () => void;
}

/** Reports the use of a product, and names the subscriptions that it was counted for. */
export function UsageDialog({ developer, onClose }: UsageDialogProps): JSX.Element {
  const report = useReportUsage();
  const [result, setResult] = useState<ReportedUsage>();
  const form = useForm<Input>({
    defaultValues: {
      email: developer?.email ?? '',
      application: developer?.apps[0] ?? '',
      product: '',
      count: '1',
    },
  });
  const { error, busy, submit } = useSubmit({
    form,
    // The address of a known developer has no field.
    names: developer ? { ...names, types: { Product: 'product' } } : names,
    save: async ({ email, application, product, count }) => {
      setResult(undefined);
      setResult(
        await report({
          email: email.trim().toLowerCase(),
          application: application.trim(),
          product,
          count: Number(count),
        }),
      );
    },
  });
  return (
    <Dialog title={m.rate_plans_report_usage()} onClose={onClose}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <p className="text-muted">{m.rate_plans_usage_hint()}</p>
        <Fields form={form} developer={developer} />
        {error !== undefined && <ErrorNote error={error} />}
        <div role="status">{result && <UsageResult result={result} />}</div>
        <FormEnd busy={busy} onClose={onClose} close={m.close()} submit={m.rate_plans_report()} />
      </form>
    </Dialog>
  );
}

function Fields({ form, developer }: { form: UseFormReturn<Input>; developer: Developer | undefined }): JSX.Element {
  const id = useId();
  const developers = useDevelopers().items ?? [];
  const products = useProducts().items ?? [];
  const { register, formState, watch } = form;
  const { errors } = formState;
  const email = watch('email').trim().toLowerCase();
  const { apps = [] } = developer ?? developers.find((each) => each.email === email) ?? {};
  return (
    <>
      {developer ? (
        <p className="font-medium break-all">{developer.email}</p>
      ) : (
        <TextField
          label={m.rate_plans_developer()}
          hint={m.rate_plans_developer_hint()}
          type="email"
          list={`${id}-developers`}
          required
          error={errors.email?.message}
          {...register('email', { validate: filled })}
        />
      )}
      <SelectField
        label={m.rate_plans_product()}
        required
        error={errors.product?.message}
        {...register('product', { validate: filled })}
      >
        <option value="">{m.rate_plans_choose()}</option>
        {products.map(({ name, displayName }) => (
          <option key={name} value={name}>
            {displayName}
          </option>
        ))}
      </SelectField>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={m.rate_plans_application()}
          list={`${id}-apps`}
          maxLength={190}
          error={errors.application?.message}
          {...register('application')}
        />
        <TextField
          label={m.rate_plans_count()}
          required
          inputMode="numeric"
          maxLength={7}
          error={errors.count?.message}
          {...register('count', { validate: wholeNumber(1, mostCount) })}
        />
      </div>
      <datalist id={`${id}-developers`}>
        {developers.map((each) => (
          <option key={each.email} value={each.email} label={`${each.firstName} ${each.lastName}`} />
        ))}
      </datalist>
      <datalist id={`${id}-apps`}>
        {apps.map((app) => (
          <option key={app} value={app} />
        ))}
      </datalist>
    </>
  );
}
