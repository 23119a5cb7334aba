import { Button, Group } from '@mantine/core';
import { useReady } from '../../lab/session';
import { CopyButton } from '../../parts/CopyButton';
import { refuse } from '../../shell/toasts';

/** Where everything is kept, and the way to it. */
export function LabFolder() {
  const { door, info } = useReady();
  const { showLabFolder, chooseLab } = door;
  return (
    <>
      <div className="tw-settings-path">
        <code className="tw-mono">{info.folder}</code>
        <CopyButton text={info.folder} label="Copy the path of the lab folder" />
      </div>
      <p className="tw-muted">
        Models, runs and settings lie in this folder and nowhere else. Copy it to make a backup while Thirty
        Watts is closed.
      </p>
      <Group gap="xs">
        {showLabFolder && (
          <Button variant="default" onClick={() => void showLabFolder().catch(refuse)}>
            Show it in the file manager
          </Button>
        )}
        {chooseLab && (
          <Button variant="default" onClick={() => void chooseLab().catch(refuse)}>
            Open another lab …
          </Button>
        )}
        {!chooseLab && (
          <span className="tw-muted">
            Another lab: start <code className="tw-mono">thirty-watts serve --lab FOLDER</code>.
          </span>
        )}
      </Group>
    </>
  );
}
