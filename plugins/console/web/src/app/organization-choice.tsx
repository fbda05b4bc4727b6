import { type JSX, useState } from 'react';
import { allOrganizations } from '../api/api.tsx';
import { useOrganizations } from '../api/organizations.ts';
import type { Session } from '../session/session.ts';
import * as m from '../texts/messages.js';
import { ComboboxField } from '../ui/combobox-field.tsx';
import { isOrganizationName } from './organization-name.ts';

interface Props {
  readonly session: Session;
  readonly organization: string;
  readonly onChange: (name: string) => void;
}

const look = 'h-9 min-w-0 max-w-44 rounded-md border border-control bg-panel px-2';

/** The organization in a text, a list, or a field for sessions of all organizations. */
export function OrganizationChoice({ session: { organizations }, organization, onChange }: Props): JSX.Element {
  if (organizations === '*') return <OrganizationField organization={organization} onChange={onChange} />;
  if (organizations.length <= 1) return <span className="max-w-44 truncate font-medium">{organization}</span>;
  return (
    <select
      aria-label={m.organization()}
      value={organization}
      onChange={(event) => onChange(event.target.value)}
      className={look}
    >
      {organizations.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** A choice among the organizations that exist, any other name, and all of them. */
function OrganizationField({ organization, onChange }: Omit<Props, 'session'>): JSX.Element {
  const [typed, setTyped] = useState('');
  const known = useOrganizations();
  const text = typed.trim();
  const isInvalid = text !== '' && !isOrganizationName(text);
  return (
    <ComboboxField
      className="w-44"
      hidesLabel
      label={m.organization()}
      placeholder={m.organization()}
      value={organization === '' ? null : organization}
      onChange={(name) => name !== null && onChange(name)}
      options={isInvalid ? [] : offeredNames(text, known)}
      idOf={(name) => name}
      textOf={nameOf}
      onSearch={setTyped}
      isSearching={false}
      status={isInvalid ? m.organization_syntax() : undefined}
      show={(name) =>
        name === text && !known.includes(name) ? (
          m.organization_use({ name })
        ) : (
          <span className="truncate">{nameOf(name)}</span>
        )
      }
    />
  );
}

const nameOf = (name: string): string => (name === allOrganizations ? m.organization_all() : name);

const mostOffered = 50;

/** The typed name first, then all organizations, and the known ones that contain the text. */
function offeredNames(text: string, known: readonly string[]): string[] {
  const wanted = text.toLowerCase();
  const fitting = known.filter((name) => name.toLowerCase().includes(wanted) && name !== text);
  const all = nameOf(allOrganizations).toLowerCase().includes(wanted) ? [allOrganizations] : [];
  return [...(text === '' ? [] : [text]), ...all, ...fitting].slice(0, mostOffered);
}
