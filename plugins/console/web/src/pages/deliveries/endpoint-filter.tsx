import { type JSX, useEffect, useState } from 'react';
import { type EndpointOption, useEndpointName, useEndpointSearch } from '../../api/endpoints.ts';
import * as m from '../../texts/messages.js';
import { ComboboxField } from '../../ui/combobox-field.tsx';

const typingMs = 250;

interface Props {
  readonly endpoint: string | undefined;
  readonly onChange: (endpoint: string | undefined) => void;
}

/** Chooses a webhook or distributor by its name or URL. */
export function EndpointFilter({ endpoint, onChange }: Props): JSX.Element {
  const [typed, setTyped] = useState('');
  const text = useSettled(typed);
  const { data: options = [], isFetching, isError } = useEndpointSearch(text);
  const value = useEndpointName(endpoint, options);
  const isPending = isFetching || text !== typed;
  return (
    <ComboboxField
      className="col-span-2 sm:w-64"
      label={m.deliveries_filter_endpoint()}
      placeholder={m.deliveries_filter_endpoint_search()}
      clearLabel={m.deliveries_filter_endpoint_clear()}
      value={value}
      onChange={(option) => onChange(option?.id)}
      options={options}
      idOf={({ id }) => id}
      textOf={({ name }) => name}
      onSearch={(next) => setTyped(next.trim())}
      isSearching={isPending}
      status={statusOf(options.length, isPending, isError)}
      show={(option) => <Option option={option} />}
    />
  );
}

function statusOf(count: number, isPending: boolean, isError: boolean): string | undefined {
  if (isError) return m.error_unreachable();
  if (count > 0) return undefined;
  return isPending ? m.loading() : m.deliveries_filter_endpoint_none();
}

function Option({ option: { name, url, kind } }: { option: EndpointOption }): JSX.Element {
  return (
    <>
      <span className="flex justify-between gap-3">
        <span className="truncate">{name}</span>
        <span className="text-sm text-muted">
          {kind === 'webhook' ? m.deliveries_kind_webhook() : m.deliveries_kind_distributor()}
        </span>
      </span>
      <span className="block truncate text-sm text-muted">{url}</span>
    </>
  );
}

/** A text that has not changed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), typingMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
