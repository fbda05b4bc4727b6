import { type JSX, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useProducts } from '../../../api/products.ts';
import { usePlanChanges } from '../../../api/rate-plans.ts';
import * as m from '../../../texts/messages.js';
import { ChoiceList } from '../../../ui/choice-list.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { TextField } from '../../../ui/field.tsx';
import { FormEnd } from '../../../ui/form-end.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { validName } from '../rules.ts';
import { useSubmit } from '../use-submit.ts';

interface Input {
  name: string;
  description: string;
  products: string[];
}

const names = {
  codes: { 'mint.resourceAlreadyExists': 'name' },
  types: { Product: 'products' },
  paths: { name: 'name', description: 'description', product: 'products' },
} as const;

/** A new package of products. */
export function PackageDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const { createPackage } = usePlanChanges();
  const products = useProducts();
  const [search, setSearch] = useState('');
  const form = useForm<Input>({ defaultValues: { name: '', description: '', products: [] } });
  const { register, formState, watch, setValue } = form;
  const { error, busy, submit } = useSubmit({
    form,
    names,
    save: (input) =>
      createPackage({
        name: input.name.trim(),
        description: input.description.trim(),
        product: input.products.map((id) => ({ id })),
        status: 'ACTIVE',
      }),
    onDone: () => {
      toast(m.rate_plans_package_made());
      onClose();
    },
  });
  const text = search.toLowerCase();
  const choices = (products.items ?? []).flatMap(({ name, displayName }) =>
    `${name}\n${displayName}`.toLowerCase().includes(text)
      ? [{ id: name, label: displayName, ...(name === displayName ? {} : { detail: name }) }]
      : [],
  );
  return (
    <Dialog title={m.rate_plans_new_package()} onClose={onClose}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <TextField
          label={m.rate_plans_name()}
          required
          maxLength={120}
          error={formState.errors.name?.message}
          {...register('name', { validate: validName })}
        />
        <TextField
          label={m.rate_plans_description()}
          maxLength={10_000}
          error={formState.errors.description?.message}
          {...register('description')}
        />
        <ChoiceList
          legend={m.rate_plans_products()}
          hint={m.rate_plans_package_products_hint()}
          choices={choices}
          chosen={watch('products')}
          onChange={(chosen) => setValue('products', chosen)}
          search={{ label: m.rate_plans_search_products(), text: search, onSearch: setSearch }}
          empty={products.items?.length === 0 ? m.rate_plans_products_none() : m.rate_plans_none_found()}
          error={formState.errors.products?.message}
        />
        {error !== undefined && <ErrorNote error={error} />}
        <FormEnd busy={busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
