import type { JSX } from 'react';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import * as m from '../../texts/messages.js';
import { SelectField, TextField } from '../../ui/field.tsx';
import { type DistributorForm, masked } from './distributor-form.ts';

/** The credentials that each kind of authentication needs, and no others. */
export function AuthenticationFields({ form }: { form: UseFormReturn<DistributorForm> }): JSX.Element {
  const {
    register,
    control,
    formState: { errors },
  } = form;
  const type = useWatch({ control, name: 'authentication' });
  const { password, token } = useWatch({ control });
  const required = { required: m.field_required() };
  return (
    <>
      <SelectField
        label={m.distributors_authentication()}
        error={errors.authentication?.message}
        {...register('authentication')}
      >
        <option value="none">{m.distributors_authentication_none()}</option>
        <option value="basic">{m.distributors_authentication_basic()}</option>
        <option value="token">{m.distributors_authentication_token()}</option>
      </SelectField>
      {type === 'basic' && (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={m.distributors_username()}
            required
            maxLength={255}
            error={errors.username?.message}
            {...register('username', required)}
          />
          <TextField
            label={m.distributors_password()}
            type="password"
            autoComplete="new-password"
            required
            hint={password === masked ? m.distributors_kept() : undefined}
            error={errors.password?.message}
            {...register('password', required)}
          />
        </div>
      )}
      {type === 'token' && (
        <TextField
          label={m.distributors_token()}
          type="password"
          autoComplete="new-password"
          required
          hint={token === masked ? m.distributors_kept() : undefined}
          error={errors.token?.message}
          {...register('token', required)}
        />
      )}
    </>
  );
}
