import type { JSX } from 'react';
import { type UseFormReturn, useFieldArray, useForm } from 'react-hook-form';
import { type Developer, useDeveloperChanges } from '../../../api/developers.ts';
import * as m from '../../../texts/messages.js';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { TextArea, TextField } from '../../../ui/field.tsx';
import { FormEnd } from '../../../ui/form-end.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { filled } from '../rules.ts';
import { useSubmit } from '../use-submit.ts';
import { type DeveloperValues, isEmail, newDeveloper, toChange, toInput, valuesOf } from './developer-values.ts';

const fields = ['email', 'firstName', 'lastName', 'userName', 'companyName', 'apps', 'attributes'] as const;

const names = {
  codes: { 'mint.resourceAlreadyExists': 'email' },
  paths: Object.fromEntries(fields.map((field) => [field, field])) as Record<string, (typeof fields)[number]>,
} as const;

interface DeveloperDialogProps {
  /** The developer to change; undefined: a new one. */
  readonly developer?: Developer | undefined;
  readonly onClose: () => void;
  /** Called with the address of a new developer. */
  readonly onMade?: (email: string) => void;
}

/** A new developer, or a change of one. The e-mail address is the id and stays. */
export function DeveloperDialog({ developer, onClose, onMade }: DeveloperDialogProps): JSX.Element {
  const { create, update } = useDeveloperChanges();
  const form = useForm<DeveloperValues>({ defaultValues: developer ? valuesOf(developer) : newDeveloper });
  const { register, formState } = form;
  const { errors } = formState;
  const { error, busy, submit } = useSubmit({
    form,
    names,
    save: (values) => (developer ? update(developer.email, toChange(values)) : create(toInput(values))),
    onDone: () => {
      toast(developer ? m.rate_plans_developer_saved() : m.rate_plans_developer_made());
      onClose();
      if (!developer) onMade?.(toInput(form.getValues()).email);
    },
  });
  const text = (name: 'firstName' | 'lastName' | 'userName' | 'companyName', label: string, required = true) => (
    <TextField
      label={label}
      required={required}
      maxLength={190}
      error={errors[name]?.message}
      {...register(name, required ? { validate: filled } : {})}
    />
  );
  return (
    <Dialog title={developer ? m.rate_plans_edit_developer() : m.rate_plans_new_developer()} onClose={onClose}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {developer ? (
          <p className="font-medium break-all">{developer.email}</p>
        ) : (
          <TextField
            label={m.rate_plans_email()}
            type="email"
            required
            maxLength={190}
            error={errors.email?.message}
            {...register('email', { validate: isEmail })}
          />
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          {text('firstName', m.rate_plans_first_name())}
          {text('lastName', m.rate_plans_last_name())}
          {text('userName', m.rate_plans_user_name())}
          {text('companyName', m.rate_plans_company(), false)}
        </div>
        <TextArea
          label={m.rate_plans_apps()}
          hint={m.rate_plans_apps_hint()}
          rows={2}
          error={errors.apps?.message}
          {...register('apps')}
        />
        <Attributes form={form} />
        {error !== undefined && <ErrorNote error={error} />}
        <FormEnd busy={busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Names and values that callbacks carry. */
function Attributes({ form }: { form: UseFormReturn<DeveloperValues> }): JSX.Element {
  const { fields: rows, append, remove } = useFieldArray({ control: form.control, name: 'attributes' });
  const { attributes: errors } = form.formState.errors;
  return (
    <fieldset className="min-w-0">
      <legend className="font-medium">{m.rate_plans_attributes()}</legend>
      <p className="mb-2 text-sm text-muted">{m.rate_plans_attributes_hint()}</p>
      <div className="flex flex-col gap-2">
        {rows.map(({ id }, row) => (
          <div key={id} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_2.25rem] gap-2">
            <TextField
              label={m.rate_plans_attribute_name()}
              hidesLabel={row > 0}
              maxLength={190}
              error={errors?.[row]?.name?.message}
              {...form.register(`attributes.${row}.name`, { validate: filled })}
            />
            <TextField
              label={m.rate_plans_attribute_value()}
              hidesLabel={row > 0}
              {...form.register(`attributes.${row}.value`)}
            />
            <IconButton
              icon="trash"
              label={m.rate_plans_remove_attribute({ number: row + 1 })}
              onClick={() => remove(row)}
              className={row === 0 ? 'mt-[1.65rem]' : ''}
            />
          </div>
        ))}
      </div>
      <Button look="quiet" className="mt-1 -ml-3" onClick={() => append({ name: '', value: '' })}>
        {m.rate_plans_add_attribute()}
      </Button>
      {errors?.message !== undefined && (
        <p role="alert" className="text-sm text-danger">
          {errors.message}
        </p>
      )}
    </fieldset>
  );
}
