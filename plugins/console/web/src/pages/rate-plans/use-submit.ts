import { type FormEvent, useState } from 'react';
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { explained, type FieldNames, fieldProblems } from './refusals.ts';

interface Submission<Values extends FieldValues> {
  readonly form: UseFormReturn<Values>;
  readonly names: FieldNames<Path<Values>>;
  readonly save: (values: Values) => Promise<unknown>;
  readonly onDone?: () => void;
}

/** Sends a form. A refusal is shown at its field; `error` is one that is about no field. */
export function useSubmit<Values extends FieldValues>({
  form,
  names,
  save,
  onDone,
}: Submission<Values>): {
  readonly error: unknown;
  readonly busy: boolean;
  readonly submit: (event: FormEvent) => void;
} {
  const [error, setError] = useState<unknown>();
  const send = form.handleSubmit(async (values) => {
    setError(undefined);
    try {
      await save(values);
    } catch (failure) {
      const known = explained(failure);
      const problems = fieldProblems(known, names);
      for (const [index, [field, message]] of problems.entries())
        form.setError(field, { message }, { shouldFocus: index === 0 });
      if (problems.length === 0) setError(known);
      return;
    }
    onDone?.();
  });
  function submit(event: FormEvent): void {
    // Refusals of the last attempt would stay at fields that are not registered.
    form.clearErrors();
    void send(event);
  }
  return { error, busy: form.formState.isSubmitting, submit };
}
