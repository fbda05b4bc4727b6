import type { JSX } from 'react';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import { formatSpan } from '../format/format.ts';
import * as m from '../texts/messages.js';
import { SelectField, TextField } from '../ui/field.tsx';
import { parseSchedule, type SettingsForm } from './delivery-settings-form.ts';

/** The retries of the gateway, none, or an own schedule, which is read back in words while it is typed. */
export function RetryFields({ form }: { form: UseFormReturn<SettingsForm> }): JSX.Element {
  const { register, control, formState } = form;
  const retries = useWatch({ control, name: 'retries' });
  const schedule = useWatch({ control, name: 'schedule' });
  return (
    <div className="flex flex-col gap-3">
      <SelectField label={m.settings_retries()} hint={m.settings_retries_hint()} {...register('retries')}>
        <option value="default">{m.settings_retries_default()}</option>
        <option value="none">{m.settings_retries_none()}</option>
        <option value="own">{m.settings_retries_own()}</option>
      </SelectField>
      {retries === 'own' && (
        <>
          <TextField
            label={m.settings_schedule()}
            required
            maxLength={300}
            hint={m.settings_schedule_hint()}
            error={formState.errors.schedule?.message}
            {...register('schedule', {
              validate: (text) => parseSchedule(text) !== undefined || m.settings_schedule_invalid(),
            })}
          />
          <Schedule seconds={parseSchedule(schedule)} />
        </>
      )}
    </div>
  );
}

function Schedule({ seconds }: { seconds: readonly number[] | undefined }): JSX.Element | null {
  if (!seconds) return null;
  const total = seconds.reduce((sum, each) => sum + each, 0);
  return (
    <div className="rounded-md bg-sunken px-3 py-2 text-sm">
      <ol aria-label={m.settings_schedule()} className="flex flex-col gap-0.5">
        {seconds.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a retry is its number
          <li key={index}>{m.settings_retry({ number: index + 1, time: formatSpan(each) })}</li>
        ))}
      </ol>
      <p className="mt-1 text-muted">{m.settings_schedule_total({ time: formatSpan(total) })}</p>
    </div>
  );
}
