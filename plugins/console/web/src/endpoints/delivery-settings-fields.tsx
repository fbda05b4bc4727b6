import { isHookgateError } from 'hookgate/client';
import type { JSX } from 'react';
import { type UseFormReturn, useForm } from 'react-hook-form';
import type { TaggedSettings } from '../api/delivery-settings.ts';
import { useSaveDeliverySettings } from '../api/delivery-settings-calls.ts';
import { fieldErrorsOf } from '../api/describe-error.ts';
import type { EndpointKind } from '../api/endpoint-secret.ts';
import * as m from '../texts/messages.js';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { CheckField, TextField } from '../ui/field.tsx';
import { FormEnd } from '../ui/form-end.tsx';
import { toast } from '../ui/toasts.tsx';
import {
  fieldOf,
  isDisableTime,
  isRate,
  isTimeout,
  type SettingsForm,
  toForm,
  toSettings,
} from './delivery-settings-form.ts';
import { EventTypeRows } from './event-type-rows.tsx';
import { HeaderRows } from './header-rows.tsx';
import { RetryFields } from './retry-fields.tsx';
import { refusalText, unitNames } from './settings-words.ts';

interface DeliverySettingsFormProps {
  readonly kind: EndpointKind;
  readonly id: string;
  readonly known: TaggedSettings;
  readonly onReload: () => void;
  readonly onClose: () => void;
}

/** The form of the delivery settings. An empty field means the default, which its hint names. */
export default function DeliverySettingsForm({
  kind,
  id,
  known,
  onReload,
  onClose,
}: DeliverySettingsFormProps): JSX.Element {
  const save = useSaveDeliverySettings(kind, id);
  const isDistributor = kind === 'distributor';
  const form = useForm<SettingsForm>({ defaultValues: toForm(known.settings, unitNames()) });
  const { handleSubmit, setError, formState } = form;
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (values) => {
    try {
      await save.mutateAsync({ settings: toSettings(values, isDistributor), tag: known.tag });
      toast(m.settings_saved());
      onClose();
    } catch (error) {
      const refusals = [...fieldErrorsOf(error)].flatMap(([path, message]) => {
        const field = fieldOf(path, message, values);
        return field ? [{ field, message: refusalText(path, message) }] : [];
      });
      for (const [index, { field, message }] of refusals.entries())
        setError(field, { message }, { shouldFocus: index === 0 });
      if (refusals.length === 0) setError('root', { message: '' });
    }
  });
  const isOutdated = isHookgateError(save.error) && save.error.status === 412;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-6">
      {isDistributor && <CheckField label={m.settings_enabled()} {...form.register('enabled')} />}
      {isDistributor && <EventTypeRows form={form} />}
      <HeaderRows form={form} />
      <RetryFields form={form} />
      <LimitFields form={form} />
      {errors.root && save.error && (isOutdated ? <Outdated onReload={onReload} /> : <ErrorNote error={save.error} />)}
      <FormEnd busy={isSubmitting} onClose={onClose} />
    </form>
  );
}

/** Says that the settings were changed elsewhere since the form was opened. */
function Outdated({ onReload }: { onReload: () => void }): JSX.Element {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md bg-retrying-soft px-3 py-2">
      <p className="min-w-0 flex-1 basis-60 text-retrying">{m.settings_outdated()}</p>
      <Button icon="refresh" onClick={onReload}>
        {m.settings_reload()}
      </Button>
    </div>
  );
}

function LimitFields({ form }: { form: UseFormReturn<SettingsForm> }): JSX.Element {
  const {
    register,
    formState: { errors },
  } = form;
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <TextField
        label={m.settings_timeout()}
        inputMode="numeric"
        maxLength={6}
        placeholder={m.settings_default()}
        hint={m.settings_timeout_hint()}
        error={errors.timeoutMs?.message}
        {...register('timeoutMs', { validate: (text) => isTimeout(text) || m.settings_timeout_invalid() })}
      />
      <TextField
        label={m.settings_rate()}
        inputMode="decimal"
        maxLength={9}
        placeholder={m.settings_rate_none()}
        hint={m.settings_rate_hint()}
        error={errors.perSecond?.message}
        {...register('perSecond', { validate: (text) => isRate(text) || m.settings_rate_invalid() })}
      />
      <TextField
        label={m.settings_disable()}
        maxLength={30}
        placeholder={m.settings_disable_never()}
        hint={m.settings_disable_hint()}
        error={errors.disableAfter?.message}
        {...register('disableAfter', { validate: (text) => isDisableTime(text) || m.settings_disable_invalid() })}
      />
      <CheckField className="sm:pt-7" label={m.settings_ordered()} {...register('ordered')} />
    </div>
  );
}
