import type { JSX } from 'react';
import { type UseFormRegister, useForm } from 'react-hook-form';
import { mostChoices, type TestSubject, useSendTest } from '../../api/webhook-test.ts';
import { TestOutcome } from '../../endpoints/test-outcome.tsx';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';

import { ErrorNote } from '../../ui/error-note.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../../ui/form-end.tsx';
import type { Choice, TestChoices } from './test-choices.ts';

interface TestFormProps {
  readonly webhook: string;
  readonly choices: TestChoices;
  readonly onClose: () => void;
}

const defaultPercent = 80;

/** A test call's subject; each field has a choice from the start. */
export function TestForm({ webhook, choices, onClose }: TestFormProps): JSX.Element {
  const { developers, plans, productsOf, applicationsOf } = choices;
  const firstPlan = plans[0]?.id ?? '';
  const firstDeveloper = developers[0]?.id ?? '';
  const send = useSendTest(webhook);
  const { register, handleSubmit, watch, setValue, formState } = useForm<TestSubject>({
    defaultValues: {
      developer: firstDeveloper,
      plan: firstPlan,
      product: productsOf(firstPlan)[0]?.id ?? '',
      application: applicationsOf(firstDeveloper)[0] ?? 'test',
      percent: defaultPercent,
    },
  });
  const products = productsOf(watch('plan'));
  const applications = applicationsOf(watch('developer'));
  // The outcome says the rest; the mutation keeps the error.
  const submit = handleSubmit((subject) => send.mutateAsync(subject).then(undefined, () => undefined));
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <p className="mb-4 text-muted">{m.webhooks_test_lead()}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <Choices
          label={m.webhooks_test_developer()}
          choices={developers}
          {...register('developer', {
            onChange: (event) => setValue('application', applicationsOf(event.target.value)[0] ?? 'test'),
          })}
        />
        <Application applications={applications} register={register} error={formState.errors.application?.message} />
        <Choices
          label={m.webhooks_test_plan()}
          choices={plans}
          {...register('plan', {
            onChange: (event) => setValue('product', productsOf(event.target.value)[0]?.id ?? ''),
          })}
        />
        <Choices label={m.webhooks_test_product()} choices={products} {...register('product')} />
        <TextField
          label={m.webhooks_test_percent()}
          inputMode="numeric"
          required
          error={formState.errors.percent?.message}
          {...register('percent', {
            validate: (value) =>
              (/^\d{1,4}$/.test(String(value)) && Number(value) >= 1 && Number(value) <= 1000) ||
              m.webhooks_test_percent_invalid(),
          })}
        />
      </div>
      {send.error && <ErrorNote error={send.error} />}
      {send.data && <TestOutcome key={send.data.id} delivery={send.data.id} />}
      <FormEnd
        busy={formState.isSubmitting}
        onClose={onClose}
        close={m.close()}
        submit={m.webhooks_test()}
        icon="send"
      />
    </form>
  );
}

function Choices({
  choices,
  ...field
}: { label: string; choices: readonly Choice[] } & ReturnType<UseFormRegister<TestSubject>>): JSX.Element {
  const hint = choices.length < mostChoices ? {} : { hint: m.webhooks_test_first({ text: formatNumber(mostChoices) }) };
  return (
    <SelectField {...field} {...hint}>
      {choices.map(({ id, text }) => (
        <option key={id} value={id}>
          {text}
        </option>
      ))}
    </SelectField>
  );
}

/** The developer's applications, or any name for a developer without one. */
function Application({
  applications,
  register,
  error,
}: {
  applications: readonly string[];
  register: UseFormRegister<TestSubject>;
  error: string | undefined;
}): JSX.Element {
  const field = register('application', { validate: (text) => text.trim() !== '' || m.field_required() });
  if (applications.length > 0)
    return (
      <Choices
        label={m.webhooks_test_application()}
        choices={applications.map((name) => ({ id: name, text: name }))}
        {...field}
      />
    );
  return <TextField label={m.webhooks_test_application()} required error={error} {...field} />;
}
