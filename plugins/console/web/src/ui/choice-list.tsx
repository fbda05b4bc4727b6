import { type JSX, type ReactNode, useId } from 'react';
import * as m from '../texts/messages.js';
import { Button } from './button.tsx';
import { CheckField } from './field.tsx';
import { SearchField } from './search-field.tsx';

export interface Choice {
  readonly id: string;
  readonly label: string;
  /** A second, smaller text. */
  readonly detail?: ReactNode;
}

interface ChoiceListProps {
  readonly legend: string;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
  readonly search: { readonly label: string; readonly text: string; readonly onSearch: (text: string) => void };
  /** In the place of the choices when there are none. */
  readonly empty: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly onMore?: (() => void) | undefined;
  readonly loadingMore?: boolean;
}

/** Several of many: boxes to tick in a list that is searched. */
export function ChoiceList(props: ChoiceListProps): JSX.Element {
  const { legend, choices, chosen, onChange, search, empty, hint, error, onMore, loadingMore = false } = props;
  const id = useId();
  const toggle = (choice: string, isChosen: boolean): void =>
    onChange(isChosen ? [...chosen, choice] : chosen.filter((each) => each !== choice));
  return (
    <fieldset aria-describedby={error === undefined ? undefined : `${id}-error`} className="min-w-0">
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {hint !== undefined && <div className="mb-1.5 text-sm text-muted">{hint}</div>}
      <div className="mb-1.5">
        <SearchField label={search.label} value={search.text} onSearch={search.onSearch} wide />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is scrolled with the keyboard */}
      <div tabIndex={0} className="max-h-56 overflow-y-auto rounded-md border border-line -outline-offset-2">
        {choices.length === 0 && <div className="px-3 py-4 text-center text-muted">{empty}</div>}
        <ul>
          {choices.map(({ id: choice, label, detail }, index) => (
            <li key={choice} className="border-b border-line last:border-b-0 hover:bg-hover">
              <CheckField
                label={
                  <>
                    <span id={`${id}-${index}`} className="break-words">
                      {label}
                    </span>
                    {detail !== undefined && (
                      <span id={`${id}-${index}-detail`} className="block text-sm break-all text-muted">
                        {detail}
                      </span>
                    )}
                  </>
                }
                aria-labelledby={`${id}-${index}`}
                aria-describedby={detail === undefined ? undefined : `${id}-${index}-detail`}
                checked={chosen.includes(choice)}
                onChange={(event) => toggle(choice, event.target.checked)}
                className="px-3 py-1.5"
              />
            </li>
          ))}
        </ul>
        {onMore && (
          <div className="p-1 text-center">
            <Button look="quiet" busy={loadingMore} onClick={onMore}>
              {m.load_more()}
            </Button>
          </div>
        )}
      </div>
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-sm text-danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}
