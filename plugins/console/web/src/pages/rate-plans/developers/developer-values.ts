import type { Developer, DeveloperChange, DeveloperInput } from '../../../api/developers.ts';
import * as m from '../../../texts/messages.js';

/** A developer as it is typed. */
export interface DeveloperValues {
  email: string;
  firstName: string;
  lastName: string;
  userName: string;
  companyName: string;
  /** One application per line. */
  apps: string;
  attributes: { name: string; value: string }[];
}

export const newDeveloper: DeveloperValues = {
  email: '',
  firstName: '',
  lastName: '',
  userName: '',
  companyName: '',
  apps: '',
  attributes: [],
};

export const valuesOf = (developer: Developer): DeveloperValues => ({
  email: developer.email,
  firstName: developer.firstName,
  lastName: developer.lastName,
  userName: developer.userName,
  companyName: developer.companyName,
  apps: developer.apps.join('\n'),
  attributes: developer.attributes.map(({ name, value }) => ({ name, value })),
});

export const isEmail = (text: string): true | string => {
  const email = text.trim();
  if (email === '') return m.field_required();
  return /^[^\s@/\\]+@[^\s@/\\]+\.[^\s@/\\]+$/u.test(email) || m.rate_plans_email_rule();
};

export const toChange = (values: DeveloperValues): DeveloperChange => ({
  firstName: values.firstName.trim(),
  lastName: values.lastName.trim(),
  userName: values.userName.trim(),
  companyName: values.companyName.trim(),
  apps: values.apps
    .split('\n')
    .map((app) => app.trim())
    .filter((app) => app !== ''),
  attributes: values.attributes,
});

export const toInput = (values: DeveloperValues): DeveloperInput => ({
  ...(toChange(values) as DeveloperInput),
  email: values.email.trim().toLowerCase(),
});
