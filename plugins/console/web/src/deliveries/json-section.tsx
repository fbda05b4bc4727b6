import { type JSX, useState } from 'react';
import { formatNumber } from '../format/format.ts';
import { beginningOf } from '../format/json-text.ts';
import * as m from '../texts/messages.js';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Section, TextBlock } from '../ui/section.tsx';

/** Characters that are shown at first. */
const shownAtFirst = 20_000;

/** A part of the page with formatted JSON, which is copied at a press. */
export function JsonSection({
  title,
  text,
  className,
}: {
  title: string;
  text: string;
  className?: string;
}): JSX.Element {
  const [showsAll, setShowsAll] = useState(false);
  const beginning = beginningOf(text, shownAtFirst);
  const isCut = !showsAll && beginning.length < text.length;
  const size = `${formatNumber(text.length / 1024)} KiB`;
  return (
    <Section title={title} aside={<CopyButton text={text} />} {...(className === undefined ? {} : { className })}>
      <TextBlock label={title} text={isCut ? `${beginning}\n…` : text} />
      {beginning.length < text.length && (
        <Button look="quiet" className="mt-1" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? m.deliveries_detail_show_less() : m.deliveries_detail_show_all({ size })}
        </Button>
      )}
    </Section>
  );
}
