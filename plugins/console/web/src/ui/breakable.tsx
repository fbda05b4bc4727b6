import { Fragment, type JSX } from 'react';

const separators = /(?<=[.:/_-])/;

/** A name such as `invoice.payment_failed`, which breaks behind its separators before it breaks anywhere else. */
export function Breakable({ text }: { text: string }): JSX.Element {
  const [first = '', ...rest] = text.split(separators);
  return (
    <>
      {first}
      {rest.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other identity
        <Fragment key={index}>
          <wbr />
          {part}
        </Fragment>
      ))}
    </>
  );
}
