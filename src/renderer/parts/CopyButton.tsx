import { ActionIcon, CopyButton as MantineCopy, Tooltip } from '@mantine/core';
import { Icon } from './icons';

/** Copies a text and says that it did. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  return (
    <MantineCopy value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : label}>
          <ActionIcon aria-label={copied ? 'Copied' : label} onClick={copy} size="sm">
            <Icon name={copied ? 'check' : 'copy'} size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </MantineCopy>
  );
}
