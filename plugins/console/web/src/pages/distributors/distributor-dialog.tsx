import type { JSX } from 'react';
import { useForm } from 'react-hook-form';
import { fieldErrorsOf } from '../../api/describe-error.ts';
import { type Distributor, useSaveDistributor } from '../../api/distributors.ts';
import { addressRefusal, isAddressRefusal } from '../../endpoints/address-refusal.ts';
import { addressText } from '../../endpoints/address-text.ts';
import * as m from '../../texts/messages.js';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FormEnd } from '../../ui/form-end.tsx';
import { toast } from '../../ui/toasts.tsx';
import { AuthenticationFields } from './authentication-fields.tsx';
import { type DistributorForm, fieldOf, isUuid, splitUrl, toForm, toInput } from './distributor-form.ts';

interface DistributorDialogProps {
  /** Undefined: a new one. */
  readonly distributor?: Distributor | undefined;
  /** The node of a new one, as the list is filtered. */
  readonly node: string;
  readonly onClose: () => void;
}

const methods: readonly DistributorForm['method'][] = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'];

/** The form of a distributor. */
export function DistributorDialog({ distributor, node, onClose }: DistributorDialogProps): JSX.Element {
  const save = useSaveDistributor();
  const form = useForm<DistributorForm>({ defaultValues: toForm(distributor, node) });
  const { register, handleSubmit, formState, setError } = form;
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (values) => {
    try {
      await save.mutateAsync({ id: distributor?.id, node: values.node.trim(), input: toInput(values) });
      toast(distributor ? m.distributors_updated() : m.distributors_saved());
      onClose();
    } catch (error) {
      const refusals = [...fieldErrorsOf(error)].flatMap(([path, message]) => {
        const field = fieldOf(path);
        return field ? [{ field, message }] : [];
      });
      for (const { field, message } of refusals) setError(field, { message: textOf(message) }, { shouldFocus: true });
      if (refusals.length === 0) setError('root', { message: '' });
    }
  });
  return (
    <Dialog title={distributor ? m.distributors_edit() : m.distributors_new()} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <TextField
          label={m.distributors_node()}
          required
          readOnly={distributor !== undefined}
          hint={distributor ? undefined : m.distributors_node_hint()}
          error={errors.node?.message}
          {...register('node', { validate: (text) => isUuid(text.trim()) || m.distributors_node_syntax() })}
        />
        <TextField
          label={m.distributors_url()}
          type="url"
          inputMode="url"
          required
          hint={m.distributors_url_hint()}
          error={errors.url?.message}
          {...register('url', { validate: urlProblem })}
        />
        <SelectField label={m.distributors_method()} error={errors.method?.message} {...register('method')}>
          {methods.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </SelectField>
        <AuthenticationFields form={form} />
        {errors.root && save.error && <ErrorNote error={save.error} />}
        <FormEnd busy={isSubmitting} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function urlProblem(input: string): true | string {
  const text = input.trim();
  if (text === '') return m.field_required();
  return splitUrl(text) !== undefined || m.distributors_url_syntax();
}

/** The gateway's refusal of an address in the reader's language, any other in its own words. */
const textOf = (message: string): string =>
  isAddressRefusal(message) ? addressText(addressRefusal(message)) : m.distributors_refused({ reason: message });
