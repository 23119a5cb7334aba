import { Button, Checkbox, Popover, ScrollArea, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';

interface Choice {
  value: string;
  label: string;
  /** Rows that have it. */
  n: number;
}

/** Most values in the list at once; the search finds the others. */
const most = 100;

/** A button that opens the values of one field to choose from; it says what is chosen. Nothing chosen: all. */
export function FacetFilter({
  title,
  choices,
  chosen,
  onChosen,
}: {
  title: string;
  /** Counted when the list opens. */
  choices: () => Choice[];
  chosen: readonly string[];
  onChosen(values: string[]): void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      shadow="md"
      withinPortal
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          variant={chosen.length > 0 ? 'light' : 'default'}
          aria-expanded={open}
          aria-haspopup="dialog"
          onClick={() => setOpen((o) => !o)}
          rightSection={<span aria-hidden="true">▾</span>}
        >
          {chosen.length > 0 ? `${title}: ${chosen.length}` : title}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={`Filter by ${title.toLowerCase()}`}>
        {open && <Choices title={title} choices={choices()} chosen={chosen} onChosen={onChosen} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Choices({
  title,
  choices,
  chosen,
  onChosen,
}: {
  title: string;
  choices: Choice[];
  chosen: readonly string[];
  onChosen(values: string[]): void;
}) {
  const [search, setSearch] = useState('');
  // What is chosen stays in the list, even where no row has it any more: else it could not be taken back.
  const gone = chosen.filter((value) => !choices.some((c) => c.value === value));
  const all = [...gone.map((value) => ({ value, label: value, n: 0 })), ...choices];
  const found = all.filter((c) => c.label.toLowerCase().includes(search.toLowerCase()));
  return (
    <Stack gap={6} w={260}>
      {all.length > 8 && (
        <TextInput
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder="Search"
          aria-label={`Search ${title.toLowerCase()}`}
          data-autofocus
        />
      )}
      <ScrollArea.Autosize mah={280} offsetScrollbars>
        <Stack gap={5} py={2}>
          {found.slice(0, most).map(({ value, label, n }) => (
            <Checkbox
              key={value}
              checked={chosen.includes(value)}
              label={`${label} (${n})`}
              onChange={(event) =>
                onChosen(
                  event.currentTarget.checked
                    ? [...chosen, value]
                    : chosen.filter((other) => other !== value),
                )
              }
            />
          ))}
          {found.length === 0 && <span className="tw-muted">None</span>}
          {found.length > most && (
            <span className="tw-muted">{found.length - most} more: search to find them.</span>
          )}
        </Stack>
      </ScrollArea.Autosize>
      <Button variant="subtle" size="compact-xs" disabled={chosen.length === 0} onClick={() => onChosen([])}>
        All
      </Button>
    </Stack>
  );
}
