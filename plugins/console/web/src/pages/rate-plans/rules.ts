import * as m from '../../texts/messages.js';

/** Validates a text that must not be empty; spaces alone are empty. */
export const filled = (text: unknown): true | string => String(text ?? '').trim() !== '' || m.field_required();

/** Names of the API: no slashes, because they are parts of addresses. */
export const validName = (text: string): true | string => {
  const name = text.trim();
  if (name === '') return m.field_required();
  return !(/[/\\\x00-\x1f\x7f-\x9f]/u.test(name) || name === '.' || name === '..') || m.rate_plans_name_rule();
};

/** A whole number within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): true | string => {
    if (text.trim() === '') return m.field_required();
    const isWhole = /^\d{1,13}$/.test(text.trim());
    const value = Number(text);
    return (isWhole && value >= least && value <= most) || m.rate_plans_number_rule({ least, most });
  };
