import { type JSX, useState } from 'react';
import { useForm } from 'react-hook-form';
import { SignInError, type SignInFailure, signIn } from '../../session/session.ts';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';

interface Input {
  name: string;
  secret: string;
}

const texts: Readonly<Record<SignInFailure, () => string>> = {
  refused: m.sign_in_refused,
  limited: m.sign_in_limited,
  link: m.portal_invalid,
  unreachable: m.error_unreachable,
};

/** Signs in with an e-mail address or API key, and its secret. */
export function SignInForm({ name = '' }: { name?: string }): JSX.Element {
  const [failure, setFailure] = useState<SignInFailure>();
  const { register, handleSubmit, formState } = useForm<Input>({ defaultValues: { name, secret: '' } });
  const submit = handleSubmit(async (input) => {
    setFailure(undefined);
    try {
      await signIn({ name: input.name.trim(), secret: input.secret });
    } catch (error) {
      setFailure(error instanceof SignInError ? error.failure : 'unreachable');
    }
  });
  const { errors } = formState;
  // Asked for here, so that it follows the language.
  const missing = m.field_required();
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <TextField
        label={m.sign_in_name()}
        autoComplete="username"
        autoFocus={name === ''}
        required
        error={errors.name && missing}
        {...register('name', { required: true })}
      />
      <TextField
        label={m.sign_in_secret()}
        type="password"
        autoComplete="current-password"
        autoFocus={name !== ''}
        required
        error={errors.secret && missing}
        {...register('secret', { required: true })}
      />
      {failure !== undefined && (
        <p role="alert" className="rounded-md bg-failed-soft px-3 py-2 text-failed">
          {texts[failure]()}
        </p>
      )}
      <Button type="submit" look="primary" busy={formState.isSubmitting}>
        {m.sign_in()}
      </Button>
    </form>
  );
}
