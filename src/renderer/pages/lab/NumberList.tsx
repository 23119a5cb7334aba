import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { parseNumbers } from './draft';

/** Whole numbers with commas between them. What cannot be read is said at the field, and counts as none. */
export function NumberList({
  label,
  description,
  values,
  most,
  onChange,
}: {
  label: string;
  description?: string;
  values: readonly number[];
  most: number;
  onChange(values: number[]): void;
}) {
  const printed = values.join(', ');
  const [text, setText] = useState(printed);
  const { problem } = parseNumbers(text, most);
  useEffect(() => {
    // Changed from elsewhere (another plan was loaded): not while this text means the same.
    setText((own) => (parseNumbers(own, most).values.join(', ') === printed ? own : printed));
  }, [printed, most]);
  return (
    <TextInput
      label={label}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={text}
      error={problem}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parseNumbers(event.currentTarget.value, most).values);
      }}
    />
  );
}
