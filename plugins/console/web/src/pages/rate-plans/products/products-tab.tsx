import { type JSX, useCallback, useMemo, useState } from 'react';
import { useApi } from '../../../api/api.tsx';
import { type Product, useProducts } from '../../../api/products.ts';
import { usePackages } from '../../../api/rate-plans.ts';
import * as m from '../../../texts/messages.js';
import { Button, IconButton } from '../../../ui/button.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { RowActions } from '../../../ui/row-actions.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { EmptyState, ErrorState, Loading } from '../../../ui/states.tsx';
import { type ProductDialog, ProductDialogs } from './product-dialogs.tsx';

/** The products whose use is counted. */
export function ProductsTab(): JSX.Element {
  const [search, setSearch] = useState('');
  const [dialog, setDialog] = useState<ProductDialog>();
  const open = useCallback((next: ProductDialog) => setDialog(next), []);
  return (
    <>
      <ProductList search={search} onSearch={setSearch} onDialog={open} />
      {dialog && <ProductDialogs dialog={dialog} onClose={() => setDialog(undefined)} />}
    </>
  );
}

interface ProductListProps {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  readonly onDialog: (dialog: ProductDialog) => void;
}

function ProductList({ search, onSearch, onDialog }: ProductListProps): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  const { items, error, retry } = useProducts();
  const packages = usePackages().items;
  const columns = useMemo(() => {
    const pairs = (packages ?? []).flatMap(({ displayName, product }) =>
      product.map(({ id }) => ({ id, displayName })),
    );
    return columnsOf(
      Map.groupBy(pairs, ({ id }) => id),
      onDialog,
      mayWrite,
    );
  }, [packages, onDialog, mayWrite]);
  const add = (
    <Button look="primary" onClick={() => onDialog({ kind: 'new' })}>
      {m.rate_plans_add_product()}
    </Button>
  );
  if (error !== undefined) return <ErrorState error={error} onRetry={retry} />;
  if (!items) return <Loading />;
  if (items.length === 0) {
    return (
      <EmptyState icon="plan" title={m.rate_plans_products_empty()}>
        <p>{m.rate_plans_products_empty_hint()}</p>
        {mayWrite && add}
      </EmptyState>
    );
  }
  const text = search.toLowerCase();
  const found = items.filter(({ name, displayName }) => `${name}\n${displayName}`.toLowerCase().includes(text));
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <SearchField label={m.rate_plans_search_products()} value={search} onSearch={onSearch} />
        {mayWrite && add}
      </div>
      {found.length === 0 ? (
        <EmptyState icon="search" title={m.rate_plans_none_found()} />
      ) : (
        <DataTable label={m.rate_plans_products()} columns={columns} rows={found} keyOf={({ name }) => name} />
      )}
    </>
  );
}

type PackagesByProduct = ReadonlyMap<string, readonly { readonly displayName: string }[]>;

const columnsOf = (
  packages: PackagesByProduct,
  onDialog: (dialog: ProductDialog) => void,
  mayWrite: boolean,
): Column<Product>[] => [
  {
    key: 'product',
    title: m.rate_plans_product(),
    cell: ({ name, displayName }) => (
      <div className="min-w-0">
        <p id={`product-${name}`} className="break-words">
          {displayName}
        </p>
        {name !== displayName && <p className="text-sm break-all text-muted">{name}</p>}
      </div>
    ),
  },
  {
    key: 'packages',
    title: m.rate_plans_packages(),
    width: 'minmax(0,1.5fr)',
    cell: ({ name }) => <PackageNames names={packages.get(name)?.map(({ displayName }) => displayName) ?? []} />,
  },
  ...(mayWrite
    ? [
        {
          key: 'actions',
          title: m.actions(),
          hidesTitle: true,
          width: '6rem',
          align: 'end' as const,
          cell: (product: Product) => (
            <RowActions>
              <IconButton icon="edit" label={m.edit()} onClick={() => onDialog({ kind: 'edit', product })} />
              <IconButton icon="trash" label={m.delete()} onClick={() => onDialog({ kind: 'delete', product })} />
            </RowActions>
          ),
        },
      ]
    : []),
];

function PackageNames({ names }: { names: readonly string[] }): JSX.Element {
  const text = names.join(', ');
  if (text === '') return <span className="text-muted">—</span>;
  return (
    <span title={text} className="line-clamp-2 wrap-anywhere">
      {text}
    </span>
  );
}
