import type { JSX } from 'react';
import { useForm } from 'react-hook-form';
import { type Product, useProductChanges } from '../../../api/products.ts';
import * as m from '../../../texts/messages.js';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { TextField } from '../../../ui/field.tsx';
import { FormEnd } from '../../../ui/form-end.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { focusHeading } from '../focus-heading.ts';
import { explaining } from '../refusals.ts';
import { filled, validName } from '../rules.ts';
import { useSubmit } from '../use-submit.ts';

/** The dialog that is open over the products. */
export type ProductDialog = { readonly kind: 'new' } | { readonly kind: 'edit' | 'delete'; readonly product: Product };

export function ProductDialogs({ dialog, onClose }: { dialog: ProductDialog; onClose: () => void }): JSX.Element {
  switch (dialog.kind) {
    case 'new':
      return <ProductForm onClose={onClose} />;
    case 'edit':
      return <ProductForm product={dialog.product} onClose={onClose} />;
    case 'delete':
      return <DeleteProduct product={dialog.product} onClose={onClose} />;
  }
}

const names = {
  codes: { 'mint.resourceAlreadyExists': 'name' },
  paths: { name: 'name', displayName: 'displayName' },
} as const;

/** A new product, or another display name of one. The name is the id and stays. */
export function ProductForm({ product, onClose }: { product?: Product; onClose: () => void }): JSX.Element {
  const { create, rename } = useProductChanges();
  const form = useForm({ defaultValues: { name: product?.name ?? '', displayName: product?.displayName ?? '' } });
  const { register, formState } = form;
  const { errors } = formState;
  const { error, busy, submit } = useSubmit({
    form,
    names,
    save: (input) => {
      const name = input.name.trim();
      const displayName = input.displayName.trim() || name;
      return product ? rename(product, displayName) : create({ name, displayName });
    },
    onDone: () => {
      toast(product ? m.rate_plans_product_saved() : m.rate_plans_product_made());
      onClose();
    },
  });
  return (
    <Dialog title={product ? m.rate_plans_edit_product() : m.rate_plans_new_product()} onClose={onClose}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {product ? (
          <p className="font-medium break-all">{product.name}</p>
        ) : (
          <TextField
            label={m.rate_plans_name()}
            hint={m.rate_plans_product_name_hint()}
            required
            maxLength={190}
            error={errors.name?.message}
            {...register('name', { validate: validName })}
          />
        )}
        <TextField
          label={m.rate_plans_display_name()}
          hint={product ? undefined : m.rate_plans_display_name_hint()}
          maxLength={190}
          error={errors.displayName?.message}
          {...register('displayName', product ? { validate: filled } : {})}
        />
        {error !== undefined && <ErrorNote error={error} />}
        <FormEnd busy={busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function DeleteProduct({ product, onClose }: { product: Product; onClose: () => void }): JSX.Element {
  const changes = useProductChanges();
  return (
    <ConfirmDialog
      title={m.rate_plans_delete_named({ name: product.displayName })}
      action={m.delete()}
      onConfirm={async () => {
        await explaining(() => changes.delete(product));
        focusHeading();
      }}
      onClose={onClose}
    >
      {m.rate_plans_delete_hint()}
    </ConfirmDialog>
  );
}
