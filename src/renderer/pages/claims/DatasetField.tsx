import { Autocomplete } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useReady } from '../../lab/session';

/** Data by name: what the lab makes or reads itself, or a data set of the user's own. Says where one cannot be read. */
export function DatasetField({
  value,
  onChange,
  label = 'Data set',
  error,
}: {
  value: string;
  onChange(value: string): void;
  label?: string;
  error?: string;
}) {
  const { lab } = useReady();
  const { data } = useQuery({ queryKey: ['datasets'], queryFn: () => lab.listDatasets({}) });
  const sets = data?.datasets ?? [];
  const chosen = sets.find((d) => d.name === value);
  return (
    <Autocomplete
      size="xs"
      label={label}
      data={sets.map((d) => d.name)}
      value={value}
      error={error ?? chosen?.missing?.message}
      onChange={onChange}
    />
  );
}
