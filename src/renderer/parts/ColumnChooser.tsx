import { Button, Checkbox, Popover, ScrollArea, Stack } from '@mantine/core';
import { useState } from 'react';
import { Icon } from './icons';

/** Chooses the columns of a `DataTable`. `shown`: null is the table's own choice. */
export function ColumnChooser({
  columns,
  shown,
  onShown,
}: {
  columns: readonly { id: string; title: string; hidden?: boolean }[];
  shown: readonly string[] | null;
  onShown(columns: string[] | null): void;
}) {
  const [open, setOpen] = useState(false);
  const now = shown ?? columns.filter((c) => !c.hidden).map((c) => c.id);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="columns" size={14} />}
          aria-expanded={open}
          aria-haspopup="dialog"
          onClick={() => setOpen((o) => !o)}
        >
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label="Choose columns">
        <ScrollArea.Autosize mah={360} offsetScrollbars w={230}>
          <Stack gap={5} py={2}>
            {open &&
              columns.map(({ id, title }) => (
                <Checkbox
                  key={id}
                  label={title}
                  checked={now.includes(id)}
                  // The last column stays: a table without any could not be told from an empty one.
                  disabled={now.length === 1 && now[0] === id}
                  onChange={(event) =>
                    onShown(event.currentTarget.checked ? [...now, id] : now.filter((other) => other !== id))
                  }
                />
              ))}
          </Stack>
        </ScrollArea.Autosize>
        <Button
          mt={6}
          variant="subtle"
          size="compact-xs"
          disabled={shown === null}
          onClick={() => onShown(null)}
        >
          As at first
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
